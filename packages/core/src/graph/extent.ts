import type { AnyAsset, Computation } from "../declare/asset.ts"
import { type PartitionRange, type Partitions, newestClosedDay } from "../declare/partition.ts"
import type { Read } from "../declare/read.ts"
import type { SourceAsset } from "../declare/source.ts"
import type { Landing } from "../plan/snapshot.ts"
import { type Graph, assetRead, sourcesOf } from "./graph.ts"
import { intersection, windowOffsets } from "./mapping.ts"

/** Asset → the partitions that exist, from the first to the newest; an asset without any is not in the map. */
export type Extents = ReadonlyMap<string, PartitionRange>

const everything: PartitionRange = { from: -Infinity, to: Infinity }
const uncut: PartitionRange = { from: 0, to: 0 }

/**
 * What exists. A source has partitions from its first landed file to its newest; an asset has those whose windows
 * meet what its upstreams have, on days that are over. Where nothing that it reads sets an end
 * (it reads only snapshots, say), time goes as far as the newest file of its group.
 */
export function extentsOf(graph: Graph, landing: Landing, nowMs: number): Extents {
  const extents = new Map<string, PartitionRange>()
  for (const source of sourcesOf(graph)) {
    const landed = [...(landing.get(source.name)?.keys() ?? [])]
    const range = landedRange(source, landed, nowMs)
    if (range !== undefined) extents.set(source.name, range)
  }
  const frontiers = groupFrontiers(graph, extents)
  for (const computation of graph.computations) {
    const group = graph.assets.get(computation.outputs[0]?.asset ?? "")
    if (group === undefined) continue
    const frontier = frontiers.get(group.group) ?? Infinity
    const range = computationRange(graph, computation, group.partitions, {
      extents,
      nowMs,
      frontier,
    })
    if (range !== undefined) for (const { asset } of computation.outputs) extents.set(asset, range)
  }
  return extents
}

/** A source that is not cut and may lack its file is there without one: it has no rows. */
function landedRange(
  { partitions, whenMissing }: SourceAsset,
  landed: readonly number[],
  nowMs: number,
): PartitionRange | undefined {
  if (partitions.kind === "none")
    return landed.length > 0 || whenMissing === "empty" ? uncut : undefined
  const existing = declaredRange(partitions, nowMs)
  let [from, to] = [Infinity, -Infinity]
  for (const index of landed) {
    if (index < existing.from || index > existing.to) continue
    from = Math.min(from, index)
    to = Math.max(to, index)
  }
  return from <= to ? { from, to } : undefined
}

/** From the declared start to the declared end or the newest day that is over. */
export function declaredRange(partitions: Partitions, nowMs: number): PartitionRange {
  if (partitions.kind === "none") return uncut
  const closed = newestClosedDay(partitions, nowMs)
  return { from: partitions.start, to: Math.min(partitions.end ?? Infinity, closed) }
}

function groupFrontiers(graph: Graph, extents: Extents): Map<string, number> {
  const frontiers = new Map<string, number>()
  for (const source of sourcesOf(graph)) {
    const range = extents.get(source.name)
    if (source.partitions.kind === "none" || range === undefined) continue
    frontiers.set(source.group, Math.max(frontiers.get(source.group) ?? -Infinity, range.to))
  }
  return frontiers
}

function computationRange(
  graph: Graph,
  computation: Computation,
  partitions: Partitions,
  world: { readonly extents: Extents; readonly nowMs: number; readonly frontier: number },
): PartitionRange | undefined {
  let range: PartitionRange | undefined = declaredRange(partitions, world.nowMs)
  let open = partitions.kind !== "none"
  for (const read of computation.reads) {
    if (read.asset === undefined) continue
    const upstream = assetRead(graph, computation, read)
    const bound = boundBy(read, upstream, partitions, world.extents.get(upstream.name))
    range = range && bound && intersection(range, bound)
    if (bound !== undefined && bound.to !== Infinity) open = false
  }
  if (range === undefined || !open) return range
  return intersection(range, { from: -Infinity, to: world.frontier })
}

/** The reader's partitions whose window meets the upstream's extent. */
function boundBy(
  read: Read,
  upstream: AnyAsset,
  reader: Partitions,
  extent: PartitionRange | undefined,
): PartitionRange | undefined {
  if (extent === undefined) return undefined
  if (reader.kind === "none" || upstream.partitions.kind === "none") return everything
  const { from, to } = windowOffsets(read.window)
  if (read.window.kind === "all") return everything
  if (read.window.kind === "latest") return { from: extent.from, to: Infinity }
  const whole = read.window.kind === "offsets" && read.window.onShortWindow === "skip"
  return { from: extent.from - (whole ? from : to), to: extent.to - to }
}
