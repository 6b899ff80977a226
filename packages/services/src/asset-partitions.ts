import {
  countPartitions,
  groupBy,
  joinRanges,
  type PartitionRange,
  subtractRanges,
  toRanges,
} from "@freshet/core/engine"

/** One partition of an asset. */
export interface AssetPartition {
  readonly asset: string
  readonly partition: number
}

/** Asset → partitions. */
export type AssetPartitions = ReadonlyMap<string, readonly PartitionRange[]>

/** Groups partitions by asset. */
export function groupPartitions(partitions: readonly AssetPartition[]): AssetPartitions {
  return new Map(
    [...groupBy(partitions, ({ asset }) => asset)].map(([asset, assetPartitions]) => [
      asset,
      toSortedRanges(assetPartitions.map(({ partition }) => partition)),
    ]),
  )
}

/** Converts indexes in any order to the fewest ascending ranges. */
export function toSortedRanges(partitions: Iterable<number>): readonly PartitionRange[] {
  return toRanges([...new Set(partitions)].toSorted((a, b) => a - b))
}

/** Joins partitions by asset. */
export function mergePartitions(...partitionMaps: readonly AssetPartitions[]): AssetPartitions {
  const ranges = new Map<string, readonly PartitionRange[]>()
  for (const partitions of partitionMaps)
    for (const [asset, assetRanges] of partitions)
      ranges.set(asset, joinRanges([...(ranges.get(asset) ?? []), ...assetRanges]))
  return ranges
}

/** Subtracts partitions by asset. Assets without remaining partitions are left out. */
export function subtractPartitions(
  partitions: AssetPartitions,
  excludedPartitions: AssetPartitions,
): AssetPartitions {
  const remainingPartitions = [...partitions].map(
    ([asset, ranges]) =>
      [asset, subtractRanges(ranges, excludedPartitions.get(asset) ?? [])] as const,
  )
  return new Map(remainingPartitions.filter(([, ranges]) => ranges.length > 0))
}

/** Counts the partitions of all assets or computations. */
export function countAllPartitions(
  partitions: ReadonlyMap<unknown, readonly PartitionRange[]>,
): number {
  return countPartitions([...partitions.values()].flat())
}
