import type { LineageView } from "./lineage-view.ts"
import { type Look, paint } from "./look.ts"

/** Against the data's way, or along it. */
export type Direction = "reads" | "read by"

/**
 * The lineage as a tree. An asset met again is named and not opened again. Where everything comes from one
 * asset the tree follows the data from there; else it goes back from what nothing else reads.
 */
export function lineageTree(view: LineageView, look: Look): readonly string[] {
  const readers = new Set(view.edges.map(({ from }) => from))
  const reading = new Set(view.edges.map(({ to }) => to))
  const sinks = view.nodes.filter(({ name }) => !readers.has(name))
  const roots = view.nodes.filter(({ name }) => !reading.has(name))
  const forward = roots.length === 1 && sinks.length > 1
  const seen = new Set<string>()
  const tree = { view, look, seen }
  return (forward ? roots : sinks).flatMap(({ name }) =>
    branch(tree, name, forward ? "read by" : "reads"),
  )
}

/** One asset with everything upstream of it, and everything downstream. */
export function lineageAround(view: LineageView, name: string, look: Look): readonly string[] {
  const direct = (direction: Direction) => neighbours(view, name, direction).length > 0
  const part = (direction: Direction) =>
    direct(direction)
      ? [
          paint(look, "faint", direction),
          ...children({ view, look, seen: new Set([name]) }, name, direction, ""),
        ]
      : []
  return [
    paint(look, "strong", name),
    ...part("reads"),
    ...part("read by"),
    ...(view.edges.length === 0 ? ["reads nothing, and nothing reads it"] : []),
  ]
}

interface Tree {
  readonly view: LineageView
  readonly look: Look
  readonly seen: Set<string>
}

function branch(tree: Tree, name: string, direction: Direction): readonly string[] {
  tree.seen.add(name)
  return [paint(tree.look, "strong", name), ...children(tree, name, direction, "")]
}

function neighbours({ edges }: LineageView, name: string, direction: Direction) {
  return direction === "reads"
    ? edges.filter(({ to }) => to === name).map(({ from, windows }) => ({ name: from, windows }))
    : edges.filter(({ from }) => from === name).map(({ to, windows }) => ({ name: to, windows }))
}

function children(
  tree: Tree,
  parent: string,
  direction: Direction,
  indent: string,
): readonly string[] {
  const next = neighbours(tree.view, parent, direction)
  const [tee, corner, bar] = tree.look.unicode ? ["├─ ", "└─ ", "│  "] : ["|- ", "`- ", "|  "]
  return next.flatMap(({ name, windows }, index) => {
    const isLast = index === next.length - 1
    const known = tree.seen.has(name)
    tree.seen.add(name)
    const window = windows.length === 0 ? "" : ` (${windows.join(", ")})`
    const opened = known ? [] : children(tree, name, direction, `${indent}${isLast ? "   " : bar}`)
    const again = known && neighbours(tree.view, name, direction).length > 0 ? " (above)" : ""
    const note = paint(tree.look, "faint", `${window}${again}`)
    return [`${indent}${isLast ? corner : tee}${name}${note}`, ...opened]
  })
}
