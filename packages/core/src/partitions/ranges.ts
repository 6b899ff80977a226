import type { PartitionRange } from "../declare/partition.ts"

/** The same partitions in as few ranges as possible, ascending. */
export function mergeRanges(ranges: readonly PartitionRange[]): readonly PartitionRange[] {
  const mergedRanges: PartitionRange[] = []
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = mergedRanges.at(-1)
    if (last === undefined || range.from > last.to + 1) mergedRanges.push(range)
    else
      mergedRanges[mergedRanges.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
  }
  return mergedRanges
}
