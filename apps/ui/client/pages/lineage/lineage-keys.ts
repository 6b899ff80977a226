import { useReactFlow } from "@xyflow/react"

import { useKeys } from "../../shell/keys.ts"
import type { Direction, GraphLayout } from "./layout-graph.ts"
import { lensNames } from "./lenses.ts"
import type { LineageView } from "./lineage-view.ts"
import { findNearest, type Side } from "./nearest-card.ts"

/** The graph as it is placed. */
interface PlacedGraph {
  readonly layout: GraphLayout | undefined
  readonly direction: Direction
  /** The groups of the assets. */
  readonly groups: ReadonlyMap<string, string>
}

/** Listens to the keys of the graph. */
export function useLineageKeys(view: LineageView, { layout, direction, groups }: PlacedGraph) {
  const { fitView } = useReactFlow()
  const { selected, focus, hops, lens } = view
  const group = groups.get(selected ?? "")
  const move = (side: Side) => () => {
    const id = layout === undefined ? undefined : findNearest(layout.boxes, selected, side)
    if (id !== undefined) view.select(id, false)
  }
  useKeys({
    "0": () => void fitView({ padding: 0.06, maxZoom: 1.1 }),
    Escape: () => close(view),
    f: () => selected !== undefined && view.focusOn(selected),
    Enter: () => selected !== undefined && view.openAsset(selected),
    "+": () => focus !== undefined && view.change({ hops: String(hops + 1) }),
    "-": () => focus !== undefined && view.change({ hops: String(Math.max(1, hops - 1)) }),
    v: () => view.change({ view: view.isTable ? undefined : "table" }),
    c: () => group !== undefined && view.toggle(group),
    o: () => view.change({ direction: direction === "TB" ? "right" : "down" }),
    l: () => view.change({ lens: lensNames[(lensNames.indexOf(lens) + 1) % lensNames.length] }),
    ArrowLeft: move("left"),
    ArrowRight: move("right"),
    ArrowUp: move("up"),
    ArrowDown: move("down"),
  })
}

/** Closes the path, then the selected asset, then the focus. */
function close(view: LineageView): void {
  if (view.pathEnd !== undefined) return view.showPath(undefined)
  if (view.selected === undefined || view.selected === view.focus)
    return view.change({ focus: undefined, selection: undefined, hops: undefined })
  view.clear()
}
