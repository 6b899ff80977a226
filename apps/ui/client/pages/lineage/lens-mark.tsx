import { Icon } from "../../ui/icons.tsx"
import { stateNames } from "../../ui/state-names.ts"
import type { LensCategory, LensTone } from "./lenses.ts"

import classes from "./lineage.module.css"

/** The icon of a state, a clock for what is due soon, else a square in the colour of the category. */
export function LensSymbol({ tone }: { readonly tone: LensTone }) {
  const state = stateNames.find((name) => name === tone)
  const icon = tone === "due_soon" ? "overdue" : state
  return (
    <span className={classes["symbol"]} data-tone={tone}>
      {icon === undefined ? <i className={classes["swatch"]} /> : <Icon name={icon} />}
    </span>
  )
}

/** A category with its word. */
export function LensWord({ category: { tone, word } }: { readonly category: LensCategory }) {
  return (
    <span className={classes["word"]}>
      <LensSymbol tone={tone} />
      {word}
    </span>
  )
}

/** The shares of categories, proportional to their counts; the words stand beside it. */
export function LensBar({
  counts,
}: {
  readonly counts: readonly (LensCategory & { readonly count: number })[]
}) {
  return (
    <span className={classes["lensBar"]} aria-hidden="true">
      {counts.map(({ tone, count }) => (
        <i key={tone} data-tone={tone} data-bar={tone} style={{ flex: count }} />
      ))}
    </span>
  )
}
