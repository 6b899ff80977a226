import type { SourceAsset } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { type Bitset, type BitsetSlice, createBitset, setBits } from "../partitions/bitset.ts"
import { type Lanes, fingerprintContent, createLanes, buildRunningSums } from "./fingerprint.ts"
import { type EvaluationInputs, emptyVersion, getStablePartition, requiresFiles } from "./inputs.ts"
import type { LandedPartition } from "./landing.ts"
import type { PartitionSpan } from "./windows.ts"

/** Running sums of the content fingerprints of one asset's partitions: the sum over a window is the difference of two elements. */
export interface ContentSums extends PartitionSpan {
  readonly sums: Lanes
  /** The index of the element that is the sum before the first partition. Unknown partitions may have no elements. */
  readonly origin: number
  /** The partitions that are not fresh; undefined when all are fresh. */
  readonly unknown: BitsetSlice | undefined
  /** The partitions that block their readers: required files are missing, or rows fail a check; undefined when there are none. */
  readonly blocked: BitsetSlice | undefined
}

type Landed = ReadonlyMap<number, LandedPartition>

interface CachedSums {
  readonly source: SourceAsset
  readonly sums: ContentSums
}

const sumsByLanding = new WeakMap<Landed, CachedSums>()

/** The content sums of a source. The result is cached by its landed partitions. */
export function sumSource(
  { bounds, landing }: EvaluationInputs,
  source: SourceAsset,
): ContentSums | undefined {
  const range = bounds.get(source.name)
  if (range === undefined) return undefined
  const landed = landing.get(source.name)
  if (landed === undefined) return sumLanded(source, range, new Map())
  const cached = sumsByLanding.get(landed)
  if (cached?.source === source && isSameSpan(cached.sums, range)) return cached.sums
  const sums = sumLanded(source, range, landed)
  sumsByLanding.set(landed, { source, sums })
  return sums
}

function isSameSpan({ from, length }: PartitionSpan, range: PartitionRange): boolean {
  return range.from === from && range.to === from + length - 1
}

/** Sums the landed content of a source. A partition without a file is empty, or blocks its readers if the source requires it. */
function sumLanded(source: SourceAsset, range: PartitionRange, landed: Landed): ContentSums {
  const length = range.to - range.from + 1
  const contents = createLanes(length)
  const mustLand = requiresFiles(source)
  let missing: Bitset | undefined
  for (let at = 0; at < length; at += 1) {
    const partitionFiles = landed.get(range.from + at)
    const version = partitionFiles?.version
    if (partitionFiles?.problem !== undefined || (version === undefined && mustLand)) {
      missing ??= createBitset(length)
      setBits(missing, at, at + 1)
    }
    const partition = getStablePartition(source.partitions, range.from + at)
    const content = fingerprintContent(partition, version ?? emptyVersion)
    contents.low[at] = content.low
    contents.high[at] = content.high
  }
  const missingSlice = missing && { bits: missing, start: 0, length }
  const sums = buildRunningSums(contents)
  return { from: range.from, length, sums, origin: 0, unknown: missingSlice, blocked: missingSlice }
}
