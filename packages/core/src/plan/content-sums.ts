import type { PartitionRange } from "../declare/partition.ts"
import type { SourceAsset } from "../declare/source.ts"
import { contentFingerprint, lanesOf } from "../fingerprint.ts"
import type { ColumnPool } from "./columns.ts"
import { type World, emptyVersion, lastingPartition } from "./inputs.ts"
import type { LandedPartition } from "./snapshot.ts"

/**
 * Running sums over the partitions of one asset: the content of a window, and whether anything in it is unknown
 * or in the way, is the difference of two elements. Element 0 is before the first partition; the columns may be
 * longer than the asset.
 */
export interface ContentSums {
  /** The partitions that there are. */
  readonly extent: PartitionRange
  readonly low: Uint32Array
  readonly high: Uint32Array
  /** How many partitions are not known to be right; undefined when all are. */
  readonly unknown: Counts | undefined
  /** How many partitions keep their readers from being made: files that must land, rows that fail their checks. */
  readonly obstacles: Counts | undefined
}

/** How many partitions up to each one are counted; the column may be longer than the asset. */
export interface Counts {
  readonly column: Uint32Array
  /** The first place that is counted. */
  readonly first: number
}

/** Counts the partitions that `isCounted` says yes to; undefined when it never does. */
export function runningCount(
  length: number,
  isCounted: (at: number) => boolean,
): Counts | undefined {
  let counts: Counts | undefined
  let sum = 0
  for (let at = 0; at < length; at += 1) {
    if (isCounted(at)) {
      counts ??= { column: new Uint32Array(length + 1), first: at }
      sum += 1
    }
    if (counts !== undefined) counts.column[at + 1] = sum
  }
  return counts
}

type Landed = ReadonlyMap<number, LandedPartition>

interface SourceSums {
  readonly source: SourceAsset
  readonly sums: ContentSums
}

const known = new WeakMap<Landed, SourceSums>()

/** The sums of a source, computed once for what has landed: the same files are judged again and again. */
export function sourceSums(
  { extents, landing }: World,
  source: SourceAsset,
): ContentSums | undefined {
  const extent = extents.get(source.name)
  if (extent === undefined) return undefined
  const landed = landing.get(source.name)
  if (landed === undefined) return landedSums(source, extent, new Map())
  const before = known.get(landed)
  if (before?.source === source && isSameRange(before.sums.extent, extent)) return before.sums
  const sums = landedSums(source, extent, landed)
  known.set(landed, { source, sums })
  return sums
}

function isSameRange(left: PartitionRange, right: PartitionRange): boolean {
  return left.from === right.from && left.to === right.to
}

/** Every partition's content is known; one without a file may keep its readers waiting. */
function landedSums(source: SourceAsset, extent: PartitionRange, landed: Landed): ContentSums {
  const length = extent.to - extent.from + 1
  const { low, high } = lanesOf(length + 1)
  let isWhole = true
  for (let at = 0; at < length; at += 1) {
    const version = landed.get(extent.from + at)?.version
    isWhole &&= version !== undefined
    const partition = lastingPartition(source.partitions, extent.from + at)
    const content = contentFingerprint(partition, version ?? emptyVersion)
    low[at + 1] = (low[at] ?? 0) + content.low
    high[at + 1] = (high[at] ?? 0) + content.high
  }
  if (isWhole || source.whenMissing === "empty" || source.partitions.kind === "none")
    return { extent, low, high, unknown: undefined, obstacles: undefined }
  const missing = runningCount(length, (at) => !landed.has(extent.from + at))
  return { extent, low, high, unknown: missing, obstacles: missing }
}

/** Gives back the columns of sums that nobody reads any more. Those of a source are not lent. */
export function freeSums({ low, high, unknown }: ContentSums, pool: ColumnPool): void {
  pool.takeBack(low)
  pool.takeBack(high)
  if (unknown !== undefined) pool.takeBack(unknown.column)
}
