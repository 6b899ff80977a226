import type { Asset, Computation, SourceAsset } from "../declare/declaration.ts"
import {
  type PartitionRange,
  type Partitions,
  getNewestClosed,
  toTimeInterval,
} from "../declare/partition.ts"
import { type Graph, type Reading, getOutputs, listSources } from "../graph/graph.ts"
import { intersectRanges, listReadersWithin } from "../graph/mapping.ts"
import type { Landing } from "./landing.ts"

/** Asset → the bounds of its existing partitions; an asset without partitions is not in the map. */
export type PartitionBounds = ReadonlyMap<string, PartitionRange>

const everything: PartitionRange = { from: -Infinity, to: Infinity }

/**
 * Finds the existing partitions. A source has partitions from its first landed file to its newest. An asset has the
 * ended partitions whose windows overlap the partitions of all its upstreams: a month exists when its last day does.
 * Where no upstream bounds the asset (it reads only snapshots, for example), its newest partition is limited by the
 * newest landed file of its group.
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
  const frontiers = findGroupFrontiers(graph, bounds)
  const declaredBy = createDeclaredRangeLookup()
  for (const computation of graph.computations) {
    const [output] = getOutputs(graph, computation)
    if (output === undefined) continue
    const frontierMs = frontiers.get(output.group)
    const limits = { bounds, nowMs, frontierMs, declaredBy }
    const range = findComputationRange(graph, computation, output, limits)
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

type DeclaredRangeLookup = (partitions: Partitions, nowMs: number) => PartitionRange

/** Creates a lookup of declared ranges that caches them by partitions and instant. */
function createDeclaredRangeLookup(): DeclaredRangeLookup {
  const rangesByPartitions = new Map<Partitions, Map<number, PartitionRange>>()
  return (partitions, nowMs) => {
    const byInstant = rangesByPartitions.get(partitions) ?? new Map<number, PartitionRange>()
    const range = byInstant.get(nowMs) ?? getDeclaredRange(partitions, nowMs)
    rangesByPartitions.set(partitions, byInstant.set(nowMs, range))
    return range
  }
}

/** Group → the instant at which the newest landed partition of its sources ends. */
function findGroupFrontiers(graph: Graph, bounds: PartitionBounds): Map<string, number> {
  const frontiers = new Map<string, number>()
  for (const { name, group, partitions } of listSources(graph)) {
    const range = bounds.get(name)
    if (partitions.kind === "none" || partitions.kind === "static" || range === undefined) continue
    const { endMs } = toTimeInterval(partitions, range.to)
    frontiers.set(group, Math.max(frontiers.get(group) ?? -Infinity, endMs))
  }
  return frontiers
}

function findComputationRange(
  graph: Graph,
  computation: Computation,
  { partitions }: Asset,
  limits: {
    readonly bounds: PartitionBounds
    readonly nowMs: number
    readonly frontierMs: number | undefined
    readonly declaredBy: DeclaredRangeLookup
  },
): PartitionRange | undefined {
  let range: PartitionRange | undefined = limits.declaredBy(partitions, limits.nowMs)
  let isBounded = partitions.kind === "none" || partitions.kind === "static"
  for (const reading of graph.readings.get(computation.name) ?? []) {
    if (reading.read.asset === undefined) continue
    const bound = findBound(reading, limits.bounds.get(reading.asset.name))
    range = range && bound && intersectRanges(range, bound)
    if (bound !== undefined && bound.to !== Infinity) isBounded = true
  }
  if (range === undefined || isBounded || limits.frontierMs === undefined) return range
  const to = limits.declaredBy(partitions, Math.min(limits.frontierMs, limits.nowMs)).to
  return intersectRanges(range, { from: -Infinity, to })
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
