import type { PartitionRange, Partitions, Timed } from "../declare/partition.ts"
import type { Window } from "../declare/window.ts"
import { convertRange } from "../partitions/nesting.ts"

/**
 * The relation between the partitions of a reader and of its upstream. `listPartitionsRead` and
 * `listPartitionsReading` follow it in both directions.
 */
export type Mapping =
  /** Every partition of the reader reads every partition of the upstream. */
  | { readonly kind: "whole" }
  /** Equal granularities: p reads [p + from, p + to], and q is read by [q − to, q − from]. */
  | { readonly kind: "shift"; readonly offsets: PartitionRange }
  /** Two granularities of time: p reads the upstream partitions that [p + from, p + to] spans. */
  | {
      readonly kind: "span"
      readonly offsets: PartitionRange
      readonly reader: Timed
      readonly upstream: Timed
    }

const everything: PartitionRange = { from: -Infinity, to: Infinity }

/** Builds the mapping of one read. */
export function buildMapping(window: Window, reader: Partitions, upstream: Partitions): Mapping {
  if (window.kind === "all" || reader.kind === "none" || upstream.kind === "none")
    return { kind: "whole" }
  const offsets = toOffsets(window)
  if (reader.kind === "static" || upstream.kind === "static")
    return reader.kind === upstream.kind ? { kind: "shift", offsets } : { kind: "whole" }
  if (reader.kind === upstream.kind) return { kind: "shift", offsets }
  return { kind: "span", offsets, reader, upstream }
}

/** A window as offsets in partitions of the reader; −∞ where it begins with the first partition that exists. */
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

/** The intersection of two ranges; undefined when it is empty. */
export function intersectRanges(
  first: PartitionRange,
  second: PartitionRange,
): PartitionRange | undefined {
  const range = { from: Math.max(first.from, second.from), to: Math.min(first.to, second.to) }
  return range.from <= range.to ? range : undefined
}

/** Tests whether a range holds a partition. */
export function isWithin({ from, to }: PartitionRange, index: number): boolean {
  return from <= index && index <= to
}

/** The upstream partitions in the window of the reader's partition `index`, including partitions that do not exist. */
export function listPartitionsRead(mapping: Mapping, index: number): PartitionRange {
  if (mapping.kind === "whole") return everything
  const { from, to } = mapping.offsets
  const window = { from: index + from, to: index + to }
  return mapping.kind === "shift"
    ? window
    : convertOffsets(mapping.reader, mapping.upstream, window)
}

/** The reader's partitions whose windows hold the upstream's partition `index`. */
export function listPartitionsReading(mapping: Mapping, index: number): PartitionRange {
  if (mapping.kind === "whole") return everything
  const { from, to } = mapping.offsets
  const holders =
    mapping.kind === "shift"
      ? { from: index, to: index }
      : convertOffsets(mapping.upstream, mapping.reader, { from: index, to: index })
  return { from: holders.from - to, to: holders.to - from }
}

/** Converts a range to another granularity; an infinite beginning remains infinite. */
function convertOffsets(outer: Timed, inner: Timed, range: PartitionRange): PartitionRange {
  if (range.from === range.to) return convertRange(outer, inner, range)
  const to = convertRange(outer, inner, { from: range.to, to: range.to }).to
  if (range.from === -Infinity) return { from: -Infinity, to }
  return { from: convertRange(outer, inner, { from: range.from, to: range.from }).from, to }
}

/** Requirements of a reader, and whether the end of its upstream is final. */
interface ReadersWithinOptions {
  /** The oldest partition of the window must exist too. */
  readonly isWhole: boolean
  /** No later partition of the upstream can exist. */
  readonly isFinal: boolean
}

/**
 * The partitions of a reader for whose windows the newest upstream partition exists; with `isWhole` the oldest one too.
 * A window that begins before the first partition is short; one that ends after the newest partition is not ready,
 * unless that is the last one and lies in the newest part of the window: then it is short too.
 */
export function listReadersWithin(
  mapping: Mapping,
  upstreamRange: PartitionRange,
  { isWhole, isFinal }: ReadersWithinOptions,
): PartitionRange {
  if (mapping.kind === "whole") return everything
  const { from, to } = mapping.offsets
  if (mapping.kind === "shift")
    return { from: upstreamRange.from - (isWhole ? from : to), to: upstreamRange.to - to }
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
    from: isWhole ? (begins ? first : first + 1) - from : first - to,
    to: (ends || (isFinal && !isWhole) ? last : last - 1) - to,
  }
}
