import type { PartitionRange } from "../declare/partition.ts"

/** The partitions that are in both of two lists of ascending ranges. */
export function intersectRangeLists(
  left: readonly PartitionRange[],
  right: readonly PartitionRange[],
): readonly PartitionRange[] {
  const commonRanges: PartitionRange[] = []
  let [leftIndex, rightIndex] = [0, 0]
  for (;;) {
    const [leftRange, rightRange] = [left[leftIndex], right[rightIndex]]
    if (leftRange === undefined || rightRange === undefined) return commonRanges
    const [from, to] = [
      Math.max(leftRange.from, rightRange.from),
      Math.min(leftRange.to, rightRange.to),
    ]
    if (from <= to) commonRanges.push({ from, to })
    if (leftRange.to < rightRange.to) leftIndex += 1
    else rightIndex += 1
  }
}

/** What is left of some ascending ranges without others. */
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

/** Those of the partitions of some ascending ranges that are meant, as ranges: no others are looked at. */
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

/** The last `most` partitions of some ranges. */
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

/** The same partitions in as few ranges as possible, ascending. */
export function joinRanges(ranges: readonly PartitionRange[]): readonly PartitionRange[] {
  const joined: PartitionRange[] = []
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last === undefined || range.from > last.to + 1) joined.push(range)
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
  }
  return joined
}
