import type { PartitionRange } from "../declare/partition.ts"

/** Intersects two lists of ascending ranges. */
export function intersectRangeLists(
  first: readonly PartitionRange[],
  second: readonly PartitionRange[],
): readonly PartitionRange[] {
  const commonRanges: PartitionRange[] = []
  let [firstIndex, secondIndex] = [0, 0]
  for (;;) {
    const [firstRange, secondRange] = [first[firstIndex], second[secondIndex]]
    if (firstRange === undefined || secondRange === undefined) return commonRanges
    const [from, to] = [
      Math.max(firstRange.from, secondRange.from),
      Math.min(firstRange.to, secondRange.to),
    ]
    if (from <= to) commonRanges.push({ from, to })
    if (firstRange.to < secondRange.to) firstIndex += 1
    else secondIndex += 1
  }
}

/** Subtracts ascending ranges from ascending ranges. */
export function subtractRanges(
  ranges: readonly PartitionRange[],
  excludedRanges: readonly PartitionRange[],
): readonly PartitionRange[] {
  const ends = excludedRanges.map(({ to }) => to + 1)
  const gaps = [-Infinity, ...ends].map((from, index) => ({
    from,
    to: (excludedRanges[index]?.from ?? Infinity) - 1,
  }))
  return intersectRangeLists(ranges, gaps)
}

/** Filters the partitions of ascending ranges, as ranges. `isIncluded` is called only for these partitions. */
export function filterRanges(
  ranges: readonly PartitionRange[],
  isIncluded: (partition: number) => boolean,
): readonly PartitionRange[] {
  return ranges.flatMap(({ from, to }) => {
    const includedRanges: PartitionRange[] = []
    for (let at = from; at <= to; at += 1) {
      if (!isIncluded(at)) continue
      const first = at
      while (at < to && isIncluded(at + 1)) at += 1
      includedRanges.push({ from: first, to: at })
    }
    return includedRanges
  })
}

/** The last `limit` partitions of ascending ranges. */
export function takeNewest(
  ranges: readonly PartitionRange[],
  limit: number,
): readonly PartitionRange[] {
  const newest: PartitionRange[] = []
  let remainingCount = limit
  for (const { from, to } of ranges.toReversed()) {
    if (remainingCount <= 0) break
    newest.push({ from: Math.max(from, to - remainingCount + 1), to })
    remainingCount -= to - from + 1
  }
  return newest.toReversed()
}

/** Joins ranges to the fewest ascending ranges with the same partitions. */
export function joinRanges(ranges: readonly PartitionRange[]): readonly PartitionRange[] {
  const joined: PartitionRange[] = []
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last === undefined || range.from > last.to + 1) joined.push(range)
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
  }
  return joined
}

/** Converts ascending indexes to the fewest ranges. */
export function toRanges(indexes: Iterable<number>): readonly PartitionRange[] {
  const ranges: { from: number; to: number }[] = []
  for (const index of indexes) {
    const last = ranges.at(-1)
    if (last !== undefined && index === last.to + 1) last.to = index
    else ranges.push({ from: index, to: index })
  }
  return ranges
}

/** Tests whether one of some ascending ranges holds a partition. */
export function isInRanges(ranges: readonly PartitionRange[], index: number): boolean {
  let [low, high] = [0, ranges.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle]?.to ?? 0) < index) low = middle + 1
    else high = middle
  }
  return (ranges[low]?.from ?? Infinity) <= index
}

/** Counts the partitions of some ranges. */
export function countPartitions(ranges: readonly PartitionRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0)
}

/** Iterates over the partitions of some ranges. */
export function* listPartitions(ranges: readonly PartitionRange[]): Iterable<number> {
  for (const { from, to } of ranges) for (let index = from; index <= to; index += 1) yield index
}
