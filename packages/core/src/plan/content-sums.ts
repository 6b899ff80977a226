import type { SourceAsset } from "../declare/source.ts"
import { type Fingerprint, contentFingerprint } from "./fingerprint.ts"
import { type World, emptyVersion, lastingPartition } from "./inputs.ts"

/**
 * Running sums over the partitions of one asset: the content of a window, and whether anything in it is unknown
 * or in the way, is the difference of two elements. Element 0 is before partition `from`.
 */
export interface ContentSums {
  readonly from: number
  readonly low: Uint32Array
  readonly high: Uint32Array
  /** How many partitions are not known to be right; undefined when all are. */
  unknown: Uint32Array | undefined
  /** How many partitions keep their readers from being made: files that must land, rows that fail their checks. */
  obstacles: Uint32Array | undefined
}

/** Sums that are still to be filled, partition by partition. */
export function emptySums(from: number, length: number): ContentSums {
  const [low, high] = [new Uint32Array(length + 1), new Uint32Array(length + 1)]
  return { from, low, high, unknown: undefined, obstacles: undefined }
}

/** Adds the content of the partition at place `at`. */
export function addContent(sums: ContentSums, at: number, { low, high }: Fingerprint): void {
  sums.low[at + 1] = (sums.low[at] ?? 0) + low
  sums.high[at + 1] = (sums.high[at] ?? 0) + high
}

/** Adds a partition of unknown content. */
export function addUnknown(sums: ContentSums, at: number): void {
  sums.low[at + 1] = sums.low[at] ?? 0
  sums.high[at + 1] = sums.high[at] ?? 0
}

/** How many of the partitions up to each one `isCounted` says yes to; undefined when it never does. */
export function runningCount(
  length: number,
  isCounted: (at: number) => boolean,
): Uint32Array | undefined {
  let counts: Uint32Array | undefined
  let sum = 0
  for (let at = 0; at < length; at += 1) {
    if (isCounted(at)) {
      counts ??= new Uint32Array(length + 1)
      sum += 1
    }
    if (counts !== undefined) counts[at + 1] = sum
  }
  return counts
}

/** The sums of a source: every partition's content is known; one without a file may keep its readers waiting. */
export function sourceSums(world: World, source: SourceAsset): ContentSums | undefined {
  const extent = world.extents.get(source.name)
  if (extent === undefined) return undefined
  const length = extent.to - extent.from + 1
  const landed = world.landing.get(source.name)
  const sums = emptySums(extent.from, length)
  for (let at = 0; at < length; at += 1) {
    const version = landed?.get(extent.from + at)?.version ?? emptyVersion
    const partition = lastingPartition(source.partitions, extent.from + at)
    addContent(sums, at, contentFingerprint(partition, version))
  }
  if (source.whenMissing === "empty" || source.partitions.kind === "none") return sums
  const missing = runningCount(length, (at) => landed?.has(extent.from + at) !== true)
  return { ...sums, unknown: missing, obstacles: missing }
}
