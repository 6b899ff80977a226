import type { PartitionRange } from "../declare/partition.ts"

/** The same partitions in as few ranges as possible, ascending. */
export function joinedRanges(ranges: readonly PartitionRange[]): readonly PartitionRange[] {
  const joined: PartitionRange[] = []
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last === undefined || range.from > last.to + 1) joined.push(range)
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
  }
  return joined
}
