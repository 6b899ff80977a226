import type { Asset, Computation } from "../declare/asset.ts"
import {
  type PartitionRange,
  type Partitions,
  newestClosed,
  partitionBounds,
} from "../declare/partition.ts"
import type { SourceAsset } from "../declare/source.ts"
import type { Landing } from "../plan/snapshot.ts"
import { type Graph, type Reading, outputsOf, sourcesOf } from "./graph.ts"
import { intersection, readersWithin } from "./mapping.ts"

/** Asset → the partitions that exist, from the first to the newest; an asset without any is not in the map. */
export type Extents = ReadonlyMap<string, PartitionRange>

const everything: PartitionRange = { from: -Infinity, to: Infinity }

/**
 * What exists. A source has partitions from its first landed file to its newest; an asset has those whose windows
 * meet what its upstreams have, in time that is over: a month exists once its last day does. Where nothing that it
 * reads sets an end (it reads only snapshots, say), time goes as far as the newest file of its group.
 */
export function extentsOf(graph: Graph, landing: Landing, nowMs: number): Extents {
  const extents = new Map<string, PartitionRange>()
  for (const source of sourcesOf(graph)) {
    const range = landedRange(source, landing, nowMs)
    if (range !== undefined) extents.set(source.name, range)
  }
  const frontiers = groupFrontiers(graph, extents)
  const declaredBy = declaredRanges()
  for (const computation of graph.computations) {
    const [output] = outputsOf(graph, computation)
    if (output === undefined) continue
    const frontierMs = frontiers.get(output.group)
    const world = { extents, nowMs, frontierMs, declaredBy }
    const range = computationRange(graph, computation, output, world)
    if (range !== undefined) for (const { asset } of computation.outputs) extents.set(asset, range)
  }
  return extents
}

/** A source that is not cut and may lack its file is there without one: it has no rows. */
function landedRange(
  { name, partitions, whenMissing }: SourceAsset,
  landing: Landing,
  nowMs: number,
): PartitionRange | undefined {
  const landed = landing.get(name) ?? new Map<number, unknown>()
  const existing = declaredRange(partitions, nowMs)
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

/** From the declared start to the declared end or the newest partition that is over; of a set of keys, all. */
export function declaredRange(partitions: Partitions, nowMs: number): PartitionRange {
  if (partitions.kind === "none") return { from: 0, to: 0 }
  if (partitions.kind === "static") return { from: 0, to: partitions.keys.length - 1 }
  const closed = newestClosed(partitions, nowMs)
  return { from: partitions.start, to: Math.min(partitions.end ?? Infinity, closed) }
}

type DeclaredBy = (partitions: Partitions, nowMs: number) => PartitionRange

/** Asks the calendar once for partitions that many assets share. */
function declaredRanges(): DeclaredBy {
  const known = new Map<Partitions, Map<number, PartitionRange>>()
  return (partitions, nowMs) => {
    const byInstant = known.get(partitions) ?? new Map<number, PartitionRange>()
    const range = byInstant.get(nowMs) ?? declaredRange(partitions, nowMs)
    known.set(partitions, byInstant.set(nowMs, range))
    return range
  }
}

/** Group → the instant at which the newest landed partition of its sources ends. */
function groupFrontiers(graph: Graph, extents: Extents): Map<string, number> {
  const frontiers = new Map<string, number>()
  for (const { name, group, partitions } of sourcesOf(graph)) {
    const range = extents.get(name)
    if (partitions.kind === "none" || partitions.kind === "static" || range === undefined) continue
    const { endMs } = partitionBounds(partitions, range.to)
    frontiers.set(group, Math.max(frontiers.get(group) ?? -Infinity, endMs))
  }
  return frontiers
}

function computationRange(
  graph: Graph,
  computation: Computation,
  { partitions }: Asset,
  world: {
    readonly extents: Extents
    readonly nowMs: number
    readonly frontierMs: number | undefined
    readonly declaredBy: DeclaredBy
  },
): PartitionRange | undefined {
  let range: PartitionRange | undefined = world.declaredBy(partitions, world.nowMs)
  let isBounded = partitions.kind === "none" || partitions.kind === "static"
  for (const reading of graph.readings.get(computation.name) ?? []) {
    if (reading.read.asset === undefined) continue
    const bound = boundBy(reading, world.extents.get(reading.asset.name))
    range = range && bound && intersection(range, bound)
    if (bound !== undefined && bound.to !== Infinity) isBounded = true
  }
  if (range === undefined || isBounded || world.frontierMs === undefined) return range
  const to = world.declaredBy(partitions, Math.min(world.frontierMs, world.nowMs)).to
  return intersection(range, { from: -Infinity, to })
}

/** The reader's partitions whose window meets the upstream's extent. */
function boundBy(
  { read, mapping }: Reading,
  extent: PartitionRange | undefined,
): PartitionRange | undefined {
  if (extent === undefined) return undefined
  if (mapping.kind === "whole") return everything
  const whole = read.window.kind === "offsets" && read.window.onShortWindow === "skip"
  const range = readersWithin(mapping, extent, whole)
  return read.window.kind === "latest" ? { from: range.from, to: Infinity } : range
}
