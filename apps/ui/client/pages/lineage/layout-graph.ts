import { graphlib, layout } from "@dagrejs/dagre"

import type { LensName } from "./lenses.ts"
import type { ViewEdge, ViewGraph, ViewNode } from "./view-graph.ts"

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Box extends Point {
  readonly width: number
  readonly height: number
}

/** The places of cards and expanded groups, and the points of the edges. */
export interface GraphLayout {
  readonly boxes: Readonly<Record<string, Box>>
  readonly groups: Readonly<Record<string, Box>>
  readonly lines: Readonly<Record<string, readonly Point[]>>
}

/** The direction of reads: paths go right, groups go down. */
export type Direction = "LR" | "TB"

interface Item {
  readonly id: string
  readonly width: number
  readonly height: number
}

/** The ends and the name of an edge of dagre. */
interface EdgeLabel {
  readonly v: string
  readonly w: string
  readonly name?: string
}

interface FlatLayout {
  readonly width: number
  readonly height: number
  readonly boxes: ReadonlyMap<string, Box>
  readonly lines: ReadonlyMap<string, readonly Point[]>
}

/** Tests whether edges go down: within groups and in a graph without groups, never between groups. */
export function goesDown(
  { groups }: Pick<ViewGraph, "groups">,
  direction: Direction,
  isInner: boolean,
): boolean {
  return direction === "TB" && (isInner || groups.length === 0)
}

const groupPadding = { x: 20, top: 44, bottom: 20 } as const

/** The layouts of the latest groups, so that a group that opens or closes moves no other one and costs only its own. */
export type LayoutCache = Map<string, FlatLayout>

const retainedGroups = 200

/** Places a graph: each expanded group alone unless the cache has it, then the graph of groups. */
export function layoutGraph(
  graph: ViewGraph,
  direction: Direction,
  cache: LayoutCache = new Map(),
): GraphLayout {
  const { nodes, edges, groups, lens } = graph
  const toItem = (node: ViewNode) => measureCard(node, valueWidths[lens])
  const inner = new Map(
    groups.map(({ name }) => {
      const items = nodes.filter(({ group }) => group === name).map(toItem)
      return [name, layoutGroup(items, { edges, direction, cache })] as const
    }),
  )
  const places = new Map(
    nodes.map(({ id, group }) => [id, group === undefined ? id : `open:${group}`]),
  )
  const outerItems = [
    ...nodes.filter(({ group }) => group === undefined).map(toItem),
    ...[...inner].map(([name, size]) => ({
      id: `open:${name}`,
      width: size.width + 2 * groupPadding.x,
      height: size.height + groupPadding.top + groupPadding.bottom,
    })),
  ]
  const outerDirection = goesDown(graph, direction, false) ? "TB" : "LR"
  const outer = layoutFlat(outerItems, liftEdges(edges, places), outerDirection)
  return combineLayouts(outer, inner)
}

function layoutGroup(
  items: readonly Item[],
  {
    edges,
    direction,
    cache,
  }: {
    readonly edges: readonly ViewEdge[]
    readonly direction: Direction
    readonly cache: LayoutCache
  },
): FlatLayout {
  const ids = new Set(items.map(({ id }) => id))
  const innerEdges = edges.filter(({ from, to }) => ids.has(from) && ids.has(to))
  const key = JSON.stringify([direction, items, innerEdges.map(({ id }) => id)])
  const layout = cache.get(key) ?? layoutFlat(items, innerEdges, direction)
  cache.delete(key)
  cache.set(key, layout) // the latest are last
  const [oldest] = cache.keys()
  if (cache.size > retainedGroups && oldest !== undefined) cache.delete(oldest)
  return layout
}

/** The room for the values of a lens, so that another value moves nothing. */
const valueWidths: Readonly<Record<LensName, number>> = {
  state: 12,
  freshness: 104,
  kind: 48,
  duration: 64,
  rows: 84,
}

/** Measures a card. Those of groups have room for two lines of counts, so that a changed state moves nothing. */
function measureCard({ id, name, kind, detail }: ViewNode, valueWidth: number): Item {
  const textWidth = Math.max(name.length * 7.4, kind === "group" ? detail.length * 6.6 : 0)
  return kind === "group"
    ? { id, width: Math.max(320, textWidth + 40), height: 128 }
    : { id, width: Math.max(168, textWidth + 52 + valueWidth), height: 34 }
}

/** Replaces the ends of edges by the items of the outer graph. */
function liftEdges(
  edges: readonly ViewEdge[],
  places: ReadonlyMap<string, string>,
): readonly ViewEdge[] {
  const lifted = new Map<string, ViewEdge>()
  for (const edge of edges) {
    const [from, to] = [places.get(edge.from) ?? edge.from, places.get(edge.to) ?? edge.to]
    const isWhole = from === edge.from && to === edge.to
    const id = isWhole ? edge.id : `${from} → ${to}`
    if (from !== to) lifted.set(id, { ...edge, id, from, to })
  }
  return [...lifted.values()]
}

function layoutFlat(
  items: readonly Item[],
  edges: readonly ViewEdge[],
  direction: Direction,
): FlatLayout {
  const graph = new graphlib.Graph({ multigraph: true })
  const isDown = direction === "TB"
  graph.setGraph({
    rankdir: direction,
    nodesep: isDown ? 14 : 16,
    ranksep: isDown ? 34 : 56,
    edgesep: 12,
    ranker: "network-simplex",
  })
  graph.setDefaultEdgeLabel(() => ({}))
  const ids = new Set(items.map(({ id }) => id))
  for (const { id, width, height } of items) graph.setNode(id, { width, height })
  const shownEdges = edges.filter(({ from, to }) => ids.has(from) && ids.has(to))
  for (const { id, from, to } of shownEdges) graph.setEdge(from, to, {}, id)
  layout(graph, { disableOptimalOrderHeuristic: countRanksPassed(shownEdges) > maxRanksPassed })
  const boxes = items.map(({ id, width, height }): readonly [string, Box] => {
    const { x = 0, y = 0 } = graph.node(id)
    return [id, { x: x - width / 2, y: y - height / 2, width, height }]
  })
  const lines = graph.edges().map((edge: EdgeLabel): readonly [string, readonly Point[]] => {
    const { points = [] } = graph.edge(edge) as { readonly points?: readonly Point[] }
    return [edge.name ?? "", points.map(({ x, y }) => ({ x, y }))]
  })
  const { width = 0, height = 0 } = graph.graph()
  return {
    width: finite(width),
    height: finite(height),
    boxes: new Map(boxes),
    lines: new Map(lines),
  }
}

/** Above this number of passed ranks, the search for the order with the fewest crossings takes seconds. */
const maxRanksPassed = 500

/** Counts the ranks that edges pass between their ends. Groups can read each other: an edge back passes none. */
export function countRanksPassed(edges: readonly Pick<ViewEdge, "from" | "to">[]): number {
  const upstream = new Map<string, string[]>()
  for (const { from, to } of edges) upstream.set(to, [...(upstream.get(to) ?? []), from])
  const ranks = new Map<string, number>()
  const findRank = (id: string): number => {
    const storedRank = ranks.get(id)
    if (storedRank !== undefined) return storedRank
    ranks.set(id, 0)
    const rank = Math.max(-1, ...(upstream.get(id) ?? []).map((read) => findRank(read))) + 1
    ranks.set(id, rank)
    return rank
  }
  const count = ({ from, to }: (typeof edges)[number]) =>
    Math.max(0, findRank(to) - findRank(from) - 1)
  return edges.reduce((sum, edge) => sum + count(edge), 0)
}

/** An empty graph has no size. */
function finite(size: number): number {
  return Number.isFinite(size) ? size : 0
}

function combineLayouts(outer: FlatLayout, inner: ReadonlyMap<string, FlatLayout>): GraphLayout {
  const boxes: Record<string, Box> = {}
  const groups: Record<string, Box> = {}
  const lines: Record<string, readonly Point[]> = {}
  for (const [id, box] of outer.boxes)
    if (!id.startsWith("open:")) boxes[id] = box
    else groups[id.slice("open:".length)] = box
  for (const [id, points] of outer.lines) lines[id] = points
  for (const [name, flat] of inner) {
    const { x, y } = groups[name] ?? { x: 0, y: 0 }
    const offset = { x: x + groupPadding.x, y: y + groupPadding.top }
    for (const [id, box] of flat.boxes)
      boxes[id] = { ...box, x: box.x + offset.x, y: box.y + offset.y }
    for (const [id, points] of flat.lines)
      lines[id] = points.map((point) => ({ x: point.x + offset.x, y: point.y + offset.y }))
  }
  return { boxes, groups, lines }
}
