import type { PartitionRange, Partitions, Timed } from "../declare/partition.ts"
import type { Window } from "../declare/window.ts"
import { convertRange } from "../partitions/nesting.ts"

/**
 * How the partitions of a reader and of its upstream belong together. Both directions come from this one value:
 * `partitionsRead` and `partitionsReading`.
 */
export type Mapping =
  /** Every partition of the one reads every partition of the other. */
  | { readonly kind: "whole" }
  /** The same grain: p reads [p + from, p + to], and q is read by [q − to, q − from]. */
  | { readonly kind: "shift"; readonly offsets: PartitionRange }
  /** Two grains of time: p reads what lies within [p + from, p + to], in partitions of the upstream. */
  | {
      readonly kind: "span"
      readonly offsets: PartitionRange
      readonly reader: Timed
      readonly upstream: Timed
    }

const everything: PartitionRange = { from: -Infinity, to: Infinity }

/** The mapping of one read. */
export function buildMapping(window: Window, reader: Partitions, upstream: Partitions): Mapping {
  if (window.kind === "all" || reader.kind === "none" || upstream.kind === "none")
    return { kind: "whole" }
  const offsets = toOffsets(window)
  if (reader.kind === "static" || upstream.kind === "static")
    return reader.kind === upstream.kind ? { kind: "shift", offsets } : { kind: "whole" }
  if (reader.kind === upstream.kind) return { kind: "shift", offsets }
  return { kind: "span", offsets, reader, upstream }
}

/** A window in partitions of the reader, counted from its own, without end where it reaches to the beginning of history. */
function toOffsets(window: Exclude<Window, { kind: "all" }>): PartitionRange {
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
  }
}

/** The part of two ranges that both have, or undefined. */
export function intersectRanges(
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

/** Which partitions of the upstream partition `index` of the reader sees, before history's ends are considered. */
export function listPartitionsRead(mapping: Mapping, index: number): PartitionRange {
  if (mapping.kind === "whole") return everything
  const { from, to } = mapping.offsets
  const window = { from: index + from, to: index + to }
  return mapping.kind === "shift"
    ? window
    : convertOffsets(mapping.reader, mapping.upstream, window)
}

/** Which partitions of the reader have partition `index` of the upstream in their window. */
export function listPartitionsReading(mapping: Mapping, index: number): PartitionRange {
  if (mapping.kind === "whole") return everything
  const { from, to } = mapping.offsets
  const holders =
    mapping.kind === "shift"
      ? { from: index, to: index }
      : convertOffsets(mapping.upstream, mapping.reader, { from: index, to: index })
  return { from: holders.from - to, to: holders.to - from }
}

/** A range of one grain in partitions of another; an open end stays open. */
function convertOffsets(outer: Timed, inner: Timed, range: PartitionRange): PartitionRange {
  if (range.from === range.to) return convertRange(outer, inner, range)
  const to = convertRange(outer, inner, { from: range.to, to: range.to }).to
  if (range.from === -Infinity) return { from: -Infinity, to }
  return { from: convertRange(outer, inner, { from: range.from, to: range.from }).from, to }
}

/**
 * The partitions of a reader whose window's newest partition exists; `whole` asks the same of the oldest. A window
 * that only begins before history is short, one that ends after it is not there yet.
 */
export function listReadersWithin(
  mapping: Mapping,
  upstreamRange: PartitionRange,
  whole: boolean,
): PartitionRange {
  if (mapping.kind === "whole") return everything
  const { from, to } = mapping.offsets
  if (mapping.kind === "shift")
    return { from: upstreamRange.from - (whole ? from : to), to: upstreamRange.to - to }
  const { reader, upstream } = mapping
  const first = convertOffsets(upstream, reader, {
    from: upstreamRange.from,
    to: upstreamRange.from,
  }).from
  const last = convertOffsets(upstream, reader, { from: upstreamRange.to, to: upstreamRange.to }).to
  const begins =
    convertOffsets(reader, upstream, { from: first, to: first }).from >= upstreamRange.from
  const ends = convertOffsets(reader, upstream, { from: last, to: last }).to <= upstreamRange.to
  return {
    from: whole ? (begins ? first : first + 1) - from : first - to,
    to: (ends ? last : last - 1) - to,
  }
}
