import {
  type Edge,
  findReachable,
  formatReadWindow,
  type Graph,
  listEdges,
} from "@freshet/core/engine"

import type { LineageDocument } from "../documents/lineage.ts"
import { selectAssets } from "../plan/select-assets.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"

/** A selection of assets, and the number of steps to add in each direction. */
export interface LineageRequest {
  readonly selection: readonly string[]
  readonly up?: number | undefined
  readonly down?: number | undefined
}

/** Reads the lineage of a selection: the whole lineage of one asset unless steps limit it, the edges between several assets. */
export function readLineage(services: Services, request: LineageRequest): Promise<LineageDocument> {
  return services.withProject({}, async (project) => buildLineage(project, request))
}

function buildLineage(project: Project, request: LineageRequest): LineageDocument {
  const { graph } = project
  const selectedNames = selectAssets(project, request.selection)
  const names = addNeighbours(graph, selectedNames, request)
  const [singleName] = selectedNames
  const nodes = [...graph.assets.values()]
    .filter(({ name }) => names.has(name))
    .map((asset) => ({
      name: asset.name,
      group: asset.group,
      kind: asset.kind === "source" ? ("source" as const) : asset.computation.kind,
    }))
  const edges = listEdges(graph, names).map((edge) => ({
    ...edge,
    windows: listWindows(graph, edge),
  }))
  return { focus: selectedNames.length === 1 ? (singleName ?? null) : null, nodes, edges }
}

function addNeighbours(
  graph: Graph,
  selectedNames: readonly string[],
  { up, down }: LineageRequest,
): ReadonlySet<string> {
  const isWhole = selectedNames.length === 1 && up === undefined && down === undefined
  const defaultDistance = isWhole ? Infinity : 0
  return new Set(
    selectedNames.flatMap((name) => [
      name,
      ...findReachable(graph, name, "upstream", up ?? defaultDistance),
      ...findReachable(graph, name, "downstream", down ?? defaultDistance),
    ]),
  )
}

function listWindows(graph: Graph, { from, to }: Edge): readonly string[] {
  const reader = graph.assets.get(to)
  if (reader?.kind !== "asset") return []
  return reader.computation.reads
    .filter((read) => read.asset?.name === from)
    .map(formatReadWindow)
    .filter((window) => window !== "same")
}
