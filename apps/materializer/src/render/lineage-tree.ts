import type { LineageDocument } from "@freshet/services"

import { type TerminalStyle, paint } from "../terminal/terminal-style.ts"

/** Upstream or downstream of an asset. */
type LineageDirection = "reads" | "read by"

/**
 * Formats the lineage as a tree. The branch of an asset is printed where the asset appears first. With one root and
 * several sinks the tree goes downstream from the root, otherwise upstream from the sinks.
 */
export function formatLineageTree(view: LineageDocument, style: TerminalStyle): readonly string[] {
  const upstreamNames = new Set(view.edges.map(({ from }) => from))
  const readerNames = new Set(view.edges.map(({ to }) => to))
  const sinks = view.nodes.filter(({ name }) => !upstreamNames.has(name))
  const roots = view.nodes.filter(({ name }) => !readerNames.has(name))
  const isForward = roots.length === 1 && sinks.length > 1
  const visitedNames = new Set<string>()
  const tree = { view, style, visitedNames }
  return (isForward ? roots : sinks).flatMap(({ name }) =>
    formatBranch(tree, name, isForward ? "read by" : "reads"),
  )
}

/** Formats one asset with its upstream and its downstream. */
export function formatLineageAround(
  view: LineageDocument,
  name: string,
  style: TerminalStyle,
): readonly string[] {
  const hasNeighbours = (direction: LineageDirection) =>
    listNeighbours(view, name, direction).length > 0
  const formatDirection = (direction: LineageDirection) =>
    hasNeighbours(direction)
      ? [
          paint(style, "faint", direction),
          ...formatChildren({ view, style, visitedNames: new Set([name]) }, name, direction, ""),
        ]
      : []
  return [
    paint(style, "strong", name),
    ...formatDirection("reads"),
    ...formatDirection("read by"),
    ...(view.edges.length === 0 ? ["no upstream and no downstream"] : []),
  ]
}

interface Tree {
  readonly view: LineageDocument
  readonly style: TerminalStyle
  readonly visitedNames: Set<string>
}

function formatBranch(tree: Tree, name: string, direction: LineageDirection): readonly string[] {
  tree.visitedNames.add(name)
  return [paint(tree.style, "strong", name), ...formatChildren(tree, name, direction, "")]
}

function listNeighbours({ edges }: LineageDocument, name: string, direction: LineageDirection) {
  return direction === "reads"
    ? edges.filter(({ to }) => to === name).map(({ from, windows }) => ({ name: from, windows }))
    : edges.filter(({ from }) => from === name).map(({ to, windows }) => ({ name: to, windows }))
}

function formatChildren(
  tree: Tree,
  parent: string,
  direction: LineageDirection,
  indent: string,
): readonly string[] {
  const neighbours = listNeighbours(tree.view, parent, direction)
  const [tee, corner, bar] = tree.style.unicode ? ["├─ ", "└─ ", "│  "] : ["|- ", "`- ", "|  "]
  return neighbours.flatMap(({ name, windows }, index) => {
    const isLast = index === neighbours.length - 1
    const isVisited = tree.visitedNames.has(name)
    tree.visitedNames.add(name)
    const window = windows.length === 0 ? "" : ` (${windows.join(", ")})`
    const childLines = isVisited
      ? []
      : formatChildren(tree, name, direction, `${indent}${isLast ? "   " : bar}`)
    const repeatNote =
      isVisited && listNeighbours(tree.view, name, direction).length > 0 ? " (above)" : ""
    const note = paint(tree.style, "faint", `${window}${repeatNote}`)
    return [`${indent}${isLast ? corner : tee}${name}${note}`, ...childLines]
  })
}
