import type { PartitionRange } from "../declare/partition.ts"
import type { Window } from "../declare/read.ts"

/**
 * A window as offsets from the reader's partition, without end where it reaches to the beginning or the end of
 * history. Both directions of every mapping come from these two numbers: p reads [p + from, p + to], and
 * q is read by [q − to, q − from].
 */
export function windowOffsets(window: Window): PartitionRange {
  switch (window.kind) {
    case "same":
      return { from: 0, to: 0 }
    case "offsets":
      return { from: window.from, to: window.to }
    case "previous":
      return { from: -1, to: -1 }
    case "latest":
    case "up_to":
      return { from: -Infinity, to: 0 }
    case "all":
      return { from: -Infinity, to: Infinity }
  }
}

/** The part of two ranges that both have, or undefined. */
export function intersection(
  left: PartitionRange,
  right: PartitionRange,
): PartitionRange | undefined {
  const range = { from: Math.max(left.from, right.from), to: Math.min(left.to, right.to) }
  return range.from <= range.to ? range : undefined
}

/** Whether a partition is one of the range. */
export function isWithin({ from, to }: PartitionRange, index: number): boolean {
  return from <= index && index <= to
}

/** Which partitions of the upstream the window of partition `index` covers, before history's ends are considered. */
export function partitionsRead(window: Window, index: number): PartitionRange {
  const { from, to } = windowOffsets(window)
  return { from: index + from, to: index + to }
}

/** Which partitions of the reader have partition `index` of the upstream in their window. */
export function partitionsReading(window: Window, index: number): PartitionRange {
  const { from, to } = windowOffsets(window)
  return { from: index - to, to: index - from }
}
