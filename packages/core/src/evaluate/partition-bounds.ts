import type { SourceAsset } from "../declare/declaration.ts"
import { type PartitionRange, type Partitions, getNewestClosed } from "../declare/partition.ts"
import { type Graph, type Reading, getOutputs, listSources } from "../graph/graph.ts"
import { intersectRanges, listReadersWithin } from "../graph/mapping.ts"
import type { Landing } from "./landing.ts"

/** Asset → the bounds of its existing partitions; an asset without partitions is not in the map. */
export type PartitionBounds = ReadonlyMap<string, PartitionRange>

const everything: PartitionRange = { from: -Infinity, to: Infinity }

/**
 * Finds the existing partitions. A source has partitions from its first landed file to its newest. An asset has the
 * ended partitions whose windows overlap the partitions of all its upstreams: a month exists when its last day does.
 * Where no upstream bounds the asset (it reads only snapshots, for example), it has all ended partitions.
 */
export function findPartitionBounds(
  graph: Graph,
  landing: Landing,
  nowMs: number,
): PartitionBounds {
  const bounds = new Map<string, PartitionRange>()
  for (const source of listSources(graph)) {
    const range = findLandedRange(source, landing, nowMs)
    if (range !== undefined) bounds.set(source.name, range)
  }
  const getRange = createDeclaredRangeLookup(nowMs)
  for (const computation of graph.computations) {
    const [output] = getOutputs(graph, computation)
    if (output === undefined) continue
    const range = findComputationRange(
      graph.readings.get(computation.name) ?? [],
      bounds,
      getRange(output.partitions),
    )
    if (range !== undefined) for (const { asset } of computation.outputs) bounds.set(asset, range)
  }
  return bounds
}

/** The bounds of a source's landed partitions. An unpartitioned source whose file is optional exists without it. */
function findLandedRange(
  { name, partitions, whenMissing }: SourceAsset,
  landing: Landing,
  nowMs: number,
): PartitionRange | undefined {
  const landed = landing.get(name) ?? new Map<number, unknown>()
  const existing = getDeclaredRange(partitions, nowMs)
  if (partitions.kind === "none" || partitions.kind === "static")
    return landed.size > 0 || whenMissing === "empty" ? existing : undefined
  let [from, to] = [Infinity, -Infinity]
  for (const index of landed.keys()) {
    if (index < existing.from || index > existing.to) continue
    from = Math.min(from, index)
    to = Math.max(to, index)
  }
  return from <= to ? { from, to } : undefined
}

/** The range from the declared start to the declared end or the newest ended partition; all static keys. */
export function getDeclaredRange(partitions: Partitions, nowMs: number): PartitionRange {
  if (partitions.kind === "none") return { from: 0, to: 0 }
  if (partitions.kind === "static") return { from: 0, to: partitions.keys.length - 1 }
  const closed = getNewestClosed(partitions, nowMs)
  return { from: partitions.start, to: Math.min(partitions.end ?? Infinity, closed) }
}

/** Creates a lookup of declared ranges that caches them by partitions. */
function createDeclaredRangeLookup(nowMs: number): (partitions: Partitions) => PartitionRange {
  const ranges = new Map<Partitions, PartitionRange>()
  return (partitions) => {
    const range = ranges.get(partitions) ?? getDeclaredRange(partitions, nowMs)
    ranges.set(partitions, range)
    return range
  }
}

/** Narrows the declared range of a computation to the partitions whose windows overlap the bounds of all its upstreams. */
function findComputationRange(
  readings: readonly Reading[],
  bounds: PartitionBounds,
  declaredRange: PartitionRange,
): PartitionRange | undefined {
  let range: PartitionRange | undefined = declaredRange
  for (const reading of readings) {
    if (reading.read.asset === undefined) continue
    const bound = findBound(reading, bounds.get(reading.asset.name))
    range = range && bound && intersectRanges(range, bound)
  }
  return range
}

/** The reader's partitions whose window overlaps the upstream's bounds. */
function findBound(
  { read, mapping }: Reading,
  upstreamRange: PartitionRange | undefined,
): PartitionRange | undefined {
  if (upstreamRange === undefined) return undefined
  if (mapping.kind === "whole") return everything
  const whole = read.window.kind === "offsets" && read.window.onShortWindow === "skip"
  const range = listReadersWithin(mapping, upstreamRange, whole)
  return read.window.kind === "latest" ? { from: range.from, to: Infinity } : range
}
