import type { ReactNode } from "react"

import { Icon } from "./icons.tsx"
import type { StateName } from "./state-names.ts"

import classes from "./state.module.css"

interface StateProps {
  readonly state: StateName
  /** The words beside the icon; the name of the state unless given. */
  readonly children?: ReactNode
}

const calmStates: ReadonlySet<StateName> = new Set(["fresh", "source"])

/** A state in a row of text: icon, word and colour. */
export function State({ state, children = state }: StateProps) {
  const calm = calmStates.has(state) ? classes["calm"] : ""
  return (
    <span className={`${classes["state"]} ${calm}`} data-state={state}>
      <Icon name={state} />
      <span>{children}</span>
    </span>
  )
}

/** An asset whose work is expected to end after its next deadline, in a row of text. */
export function DueSoon({ children = "due soon" }: { readonly children?: ReactNode }) {
  return (
    <span className={classes["state"]} data-state="stale">
      <Icon name="overdue" />
      <span>{children}</span>
    </span>
  )
}

/** The same in the head of a page. */
export function DueSoonBadge({ children = "due soon" }: { readonly children?: ReactNode }) {
  return (
    <span className={classes["badge"]} data-state="stale">
      <Icon name="overdue" size={14} />
      <span>{children}</span>
    </span>
  )
}

/** The icon of a state whose word is only read aloud; the word has to stand elsewhere too. */
export function StateIcon({ state }: { readonly state: StateName }) {
  return (
    <span className={classes["state"]} data-state={state}>
      <Icon name={state} />
      <span className="hidden-text">{state}</span>
    </span>
  )
}

/** A state in the head of a page, with its cause. */
export function StateBadge({ state, children = state }: StateProps) {
  return (
    <span className={classes["badge"]} data-state={state}>
      <Icon name={state} size={14} />
      <span>{children}</span>
    </span>
  )
}

/** The shares of states, proportional to their counts. */
export function StateBar({
  counts,
  height = 8,
}: {
  readonly counts: readonly (readonly [state: StateName, count: number])[]
  readonly height?: number
}) {
  const visibleCounts = counts.filter(([, count]) => count > 0)
  const label = visibleCounts.map(([state, count]) => `${count} ${state}`).join(", ")
  return (
    <div className={classes["bar"]} role="img" aria-label={label} style={{ height }}>
      {visibleCounts.map(([state, count]) => (
        <i key={state} data-bar={state} style={{ flex: count }} />
      ))}
    </div>
  )
}

/** The class of something that moves while work goes on. */
export const pulseClass = classes["pulse"]
