import { intersection, type PartitionRange, type Partitions } from "@freshet/core"

import { counted } from "./amount.ts"

const nouns = {
  hourly: "hour",
  daily: "day",
  weekly: "week",
  monthly: "month",
  static: "key",
  none: "partition",
} as const satisfies Record<Partitions["kind"], string>

/** What one partition of this grain is called. */
export function partitionNoun({ kind }: Partitions): string {
  return nouns[kind]
}

/** How an asset is cut, in a word; empty where it is not. */
export function grainWord({ kind }: Partitions): string {
  return kind === "none" ? "" : kind
}

/** How an asset is cut, in words: `daily (UTC)`, `by 3 keys`. */
export function grainText(partitions: Partitions): string {
  if (partitions.kind === "none") return "not partitioned"
  if (partitions.kind === "static") return `by ${counted(partitions.keys.length, "key")}`
  return `${partitions.kind} (${partitions.zone})`
}

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

/** What of some ranges lies in none of the others; both ascend and do not overlap. */
export function rangesWithout(
  ranges: readonly PartitionRange[],
  others: readonly PartitionRange[],
): readonly PartitionRange[] {
  const left: PartitionRange[] = []
  let next = 0
  for (const { from, to } of ranges) {
    let begin = from
    while ((others[next]?.to ?? Infinity) < begin) next += 1
    for (let at = next; (others[at]?.from ?? Infinity) <= to; at += 1) {
      const { from: first = to, to: last = to } = others[at] ?? {}
      if (first > begin) left.push({ from: begin, to: first - 1 })
      begin = Math.max(begin, last + 1)
    }
    if (begin <= to) left.push({ from: begin, to })
  }
  return left
}

/** What of some ranges lies within another. */
export function rangesWithin(
  ranges: readonly PartitionRange[],
  whole: PartitionRange,
): readonly PartitionRange[] {
  return ranges.flatMap((range) => intersection(range, whole) ?? [])
}
