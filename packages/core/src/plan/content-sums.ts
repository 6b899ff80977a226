import type { SourceAsset } from "../declare/source.ts"
import type { ColumnPool } from "./columns.ts"
import { contentFingerprint } from "./fingerprint.ts"
import { type World, emptyVersion, lastingPartition } from "./inputs.ts"

/**
 * Running sums over the partitions of one asset: the content of a window, and whether anything in it is unknown
 * or in the way, is the difference of two elements. Element 0 is before the first partition; the columns may be
 * longer than the asset.
 */
export interface ContentSums {
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

/** The sums of a source: every partition's content is known; one without a file may keep its readers waiting. */
export function sourceSums(
  world: World,
  source: SourceAsset,
  pool: ColumnPool,
): ContentSums | undefined {
  const extent = world.extents.get(source.name)
  if (extent === undefined) return undefined
  const length = extent.to - extent.from + 1
  const landed = world.landing.get(source.name)
  const [low, high] = [pool.lend(length + 1), pool.lend(length + 1)]
  low[0] = high[0] = 0
  let isWhole = true
  for (let at = 0; at < length; at += 1) {
    const version = landed?.get(extent.from + at)?.version
    isWhole &&= version !== undefined
    const partition = lastingPartition(source.partitions, extent.from + at)
    const content = contentFingerprint(partition, version ?? emptyVersion)
    low[at + 1] = (low[at] ?? 0) + content.low
    high[at + 1] = (high[at] ?? 0) + content.high
  }
  if (isWhole || source.whenMissing === "empty" || source.partitions.kind === "none")
    return { low, high, unknown: undefined, obstacles: undefined }
  const missing = runningCount(length, (at) => landed?.has(extent.from + at) !== true)
  return { low, high, unknown: missing, obstacles: missing }
}

/** Gives back the columns of sums that nobody reads any more. A source's two counts are one column of its own. */
export function freeSums({ low, high, unknown, obstacles }: ContentSums, pool: ColumnPool): void {
  pool.takeBack(low)
  pool.takeBack(high)
  if (unknown !== undefined && unknown !== obstacles) pool.takeBack(unknown.column)
}
