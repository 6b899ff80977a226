import { formatQuantity } from "@freshet/core/engine"

import { Button } from "../../ui/controls.tsx"
import type { LineageView } from "./lineage-view.ts"
import { findPathsBetween, findPathsDown, type ViewEdge } from "./view-graph.ts"

import classes from "./lineage.module.css"

/** The path between two assets in words, with the selection that shows it alone. */
export function LineagePath({
  view,
  edges,
}: {
  readonly view: LineageView
  readonly edges: readonly Pick<ViewEdge, "from" | "to">[]
}) {
  const { selected, pathEnd } = view
  if (selected === undefined || pathEnd === undefined) return null
  const names = findPathsBetween(edges, selected, pathEnd)
  const isDown = findPathsDown(edges, selected, pathEnd).size > 0
  const [first, last] = isDown ? [selected, pathEnd] : [pathEnd, selected]
  return (
    <p className={classes["path"]} role="status">
      <span>
        <b>{first}</b> → <b>{last}</b>:{" "}
        {names.size === 0
          ? "no path; neither depends on the other."
          : `${formatQuantity(names.size, "asset")} on the path.`}
      </span>
      {names.size === 0 ? null : (
        <Button
          onClick={() => view.change({ selection: `${first}+ and +${last}`, focus: undefined })}
        >
          Show the path alone
        </Button>
      )}
      <Button look="plain" onClick={() => view.showPath(undefined)}>
        Clear the path
      </Button>
    </p>
  )
}
