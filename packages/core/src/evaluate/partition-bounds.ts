import type { AnyAsset, Asset, SourceAsset } from "../declare/declaration.ts"
import {
  type PartitionRange,
  type Partitions,
  getNewestClosed,
  isTimed,
} from "../declare/partition.ts"
import { type Graph, type Reading, getOutputs, listSources } from "../graph/graph.ts"
import { intersectRanges, isWithin } from "../graph/mapping.ts"
import type { Landing } from "./landing.ts"
import { type AssetBounds, findReaderLimits } from "./reader-limits.ts"
import type { RecordedInputs } from "./recorded-reads.ts"

/** Asset → the bounds of its existing partitions; an asset without partitions is not in the map. */
export type PartitionBounds = ReadonlyMap<string, PartitionRange>

/**
 * Finds the existing partitions. A source has partitions from its first landed file to its newest; one without required
 * files has all ended partitions. An asset has the ended partitions whose windows overlap the partitions of its
 * upstreams: a month exists when its last day does, or the last day that its source will ever have. Where no upstream
 * bounds the asset (it reads only snapshots, for example), it has all ended partitions. The
 * partitions that were computed from files that are no longer landed exist as well, and those that are pinned to copies
 * of such files.
 */
export function findPartitionBounds(
  graph: Graph,
  landing: Landing,
  nowMs: number,
  { removedInputs, pinnedInputs }: RecordedInputs = {},
): PartitionBounds {
  const boundsByAsset = new Map<string, AssetBounds>()
  for (const source of listSources(graph)) {
    const bounds = findSourceBounds(source, landing, nowMs)
    if (bounds !== undefined) boundsByAsset.set(source.name, bounds)
  }
  const getRange = createDeclaredRangeLookup(nowMs)
  for (const computation of graph.computations) {
    const [output] = getOutputs(graph, computation)
    if (output === undefined) continue
    const readings = graph.readings.get(computation.name) ?? []
    const limits = findReaderLimits(readings, boundsByAsset)
    const pinnedReads = pinnedInputs?.get(computation.name)
    const pinnedPartitions = pinnedReads
      ? listReadablePartitions(pinnedReads.keys(), { readings, boundsByAsset, limits })
      : []
    const bounds = findAssetBounds(output, limits, getRange(output.partitions), [
      ...(removedInputs?.get(computation.name)?.keys() ?? []),
      ...pinnedPartitions,
    ])
    if (bounds !== undefined)
      for (const { asset } of computation.outputs) boundsByAsset.set(asset, bounds)
  }
  return new Map([...boundsByAsset].map(([name, { range }]) => [name, range]))
}

/** Lists the pinned partitions that all reads of landed files allow. Files that are newer than every landed one were withdrawn. */
function listReadablePartitions(
  pinnedPartitions: Iterable<number>,
  reader: {
    readonly readings: readonly Reading[]
    readonly boundsByAsset: ReadonlyMap<string, AssetBounds>
    readonly limits: Pick<AssetBounds, "range"> | undefined
  },
): readonly number[] {
  const { readings, boundsByAsset, limits } = reader
  const landedReadings = readings.filter(({ read }) => read.asLanded !== true)
  const range = findReaderLimits(landedReadings, boundsByAsset)?.range
  if (range === undefined) return []
  const to = Math.min(range.to, limits?.range.to ?? Infinity)
  return [...pinnedPartitions].filter((partition) => isWithin({ from: range.from, to }, partition))
}

function findSourceBounds(
  source: SourceAsset,
  landing: Landing,
  nowMs: number,
): AssetBounds | undefined {
  const { name, partitions, whenMissing } = source
  const declaredRange = getDeclaredRange(partitions, nowMs)
  const landedRange = findLandedRange(landing, name, declaredRange)
  const range = chooseSourceRange(source, declaredRange, landedRange)
  if (range === undefined || range.from > range.to) return undefined
  const firstContent = whenMissing === "empty" ? landedRange?.from : range.from
  return { range, firstContent, isFinal: hasReachedEnd(partitions, range) }
}

/** Chooses the range of a source: its landed partitions, or all declared ones if no file is required or they have no order. */
function chooseSourceRange(
  { partitions, whenMissing }: SourceAsset,
  declaredRange: PartitionRange,
  landedRange: PartitionRange | undefined,
): PartitionRange | undefined {
  if (whenMissing === "empty") return declaredRange
  return isTimed(partitions) ? landedRange : landedRange && declaredRange
}

/** Tests whether a partition of an asset exists. */
export function isExisting(
  { bounds }: { readonly bounds: PartitionBounds },
  { name }: AnyAsset,
  partition: number,
): boolean {
  const range = bounds.get(name)
  return range !== undefined && isWithin(range, partition)
}

/** The range from the first landed partition of a source to its newest, within other bounds; undefined without a file. */
export function findLandedRange(
  landing: Landing,
  source: string,
  bounds: PartitionRange,
): PartitionRange | undefined {
  return findEnclosingRange(landing.get(source)?.keys() ?? [], bounds)
}

/** The range from the first to the last of some partitions, within other bounds; undefined without one. */
function findEnclosingRange(
  partitions: Iterable<number>,
  bounds: PartitionRange,
): PartitionRange | undefined {
  let [from, to] = [Infinity, -Infinity]
  for (const index of partitions) {
    if (index < bounds.from || index > bounds.to) continue
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

/** Tests whether a range ends at the declared end, after which no partition can exist. */
function hasReachedEnd(partitions: Partitions, { to }: PartitionRange): boolean {
  return isTimed(partitions) && partitions.end === to
}

/** Finds the bounds of an asset: the declared partitions that its reads allow, extended to those whose recorded reads replace removed files. */
function findAssetBounds(
  { partitions }: Asset,
  limits: Pick<AssetBounds, "range" | "isFinal"> | undefined,
  declaredRange: PartitionRange,
  recordedPartitions: readonly number[],
): AssetBounds | undefined {
  const allowedRange = limits && intersectRanges(declaredRange, limits.range)
  const range = encloseRanges(allowedRange, findEnclosingRange(recordedPartitions, declaredRange))
  if (range === undefined) return undefined
  const isFinal =
    hasReachedEnd(partitions, range) || (limits?.isFinal === true && range.to >= limits.range.to)
  return { range, firstContent: range.from, isFinal }
}

/** Finds the range from the first partition of two ranges to the last. */
function encloseRanges(
  first: PartitionRange | undefined,
  second: PartitionRange | undefined,
): PartitionRange | undefined {
  if (first === undefined || second === undefined) return first ?? second
  return { from: Math.min(first.from, second.from), to: Math.max(first.to, second.to) }
}
