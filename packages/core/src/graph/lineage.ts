import type { Graph } from "./graph.ts"

/** The names within `depth` edges upstream or downstream of `start`, without `start`. */
export function findReachable(
  graph: Graph,
  start: string,
  direction: "upstream" | "downstream",
  depth = Infinity,
): ReadonlySet<string> {
  const edges = graph[direction]
  const names = new Set<string>()
  let frontier = [start]
  for (let step = 0; step < depth && frontier.length > 0; step += 1) {
    const next = new Set(frontier.flatMap((name) => edges.get(name) ?? []))
    frontier = [...next].filter((name) => name !== start && !names.has(name))
    for (const name of frontier) names.add(name)
  }
  return names
}

/** One edge of the lineage: `to` reads `from`. */
export interface Edge {
  readonly from: string
  readonly to: string
}

/** The edges between the given assets, in the order of the graph. */
export function listEdges(graph: Graph, names: ReadonlySet<string>): readonly Edge[] {
  return [...graph.assets.keys()].flatMap((to) =>
    names.has(to)
      ? [...new Set(graph.upstream.get(to))]
          .filter((from) => names.has(from))
          .map((from) => ({ from, to }))
      : [],
  )
}
