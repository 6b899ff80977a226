import type { PartitionRange } from "../declare/partition.ts"
import type { SourceAsset } from "../declare/source.ts"
import { type Lanes, contentFingerprint, lanesOf, runningSums } from "../fingerprint.ts"
import { type Bits, type BitsPart, bitsOf, markBits } from "./bits.ts"
import { type World, emptyVersion, lastingPartition } from "./inputs.ts"
import type { LandedPartition } from "./snapshot.ts"
import type { Span } from "./windows.ts"

/** Running sums over the partitions of one asset: the content of a window is the difference of two elements. */
export interface ContentSums extends Span {
  readonly sums: Lanes
  /** Which element is the sum of what is before the first partition; there may be none for partitions that are unknown. */
  readonly origin: number
  /** The partitions that are not known to be right; undefined when all are. */
  readonly unknown: BitsPart | undefined
  /** The partitions that keep their readers from being made: files that must land, rows that fail their checks. */
  readonly obstacles: BitsPart | undefined
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
  if (before?.source === source && isSpan(before.sums, extent)) return before.sums
  const sums = landedSums(source, extent, landed)
  known.set(landed, { source, sums })
  return sums
}

function isSpan({ from, length }: Span, range: PartitionRange): boolean {
  return range.from === from && range.to === from + length - 1
}

/** Every partition's content is known; one without a file may keep its readers waiting. */
function landedSums(source: SourceAsset, extent: PartitionRange, landed: Landed): ContentSums {
  const length = extent.to - extent.from + 1
  const contents = lanesOf(length)
  const mustLand = source.whenMissing !== "empty" && source.partitions.kind !== "none"
  let missing: Bits | undefined
  for (let at = 0; at < length; at += 1) {
    const version = landed.get(extent.from + at)?.version
    if (version === undefined && mustLand) {
      missing ??= bitsOf(length)
      markBits(missing, at, at + 1)
    }
    const partition = lastingPartition(source.partitions, extent.from + at)
    const content = contentFingerprint(partition, version ?? emptyVersion)
    contents.low[at] = content.low
    contents.high[at] = content.high
  }
  const marked = missing && { bits: missing, start: 0, length }
  const sums = runningSums(contents)
  return { from: extent.from, length, sums, origin: 0, unknown: marked, obstacles: marked }
}
