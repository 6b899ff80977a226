import type { PartitionRange } from "../declare/partition.ts"
import type { Reading } from "../graph/graph.ts"
import { intersectRanges, listPartitionsRead, listPartitionsReading } from "../graph/mapping.ts"
import { type EvaluationInputs, isShortWindow, requiresWholeWindow } from "./inputs.ts"
import type { NumberedRead } from "./numbered-graph.ts"

/** The windows of a reader's partitions, as places in the upstream's bounds. */
export type Windows = ShiftedWindows | ListedWindows

/** Windows between equal granularities: the reader at place `at` reads the places from `at + first` to `at + next` (exclusive) of `size` upstream partitions. */
export interface ShiftedWindows {
  readonly kind: "shift"
  readonly first: number
  readonly next: number
  readonly size: number
}

/** Windows listed per reader: from `begin` to `end` (exclusive), empty where they are equal. The columns may be longer than the reader. */
export interface ListedWindows {
  readonly kind: "places"
  readonly begin: Int32Array
  readonly end: Int32Array
}

/** Consecutive partitions: the first one, and their number. */
export interface PartitionSpan {
  readonly from: number
  readonly length: number
}

/** Finds the windows of one read over a range of its reader. */
export interface WindowFinder {
  readonly findWindows: (
    read: NumberedRead,
    reader: PartitionSpan,
    upstream: PartitionSpan,
  ) => Windows
  /** Undefined for an upstream without partitions. The columns are valid until the next call. */
  readonly findListedWindows: (
    reading: Reading,
    reader: PartitionRange,
  ) => ListedWindows | undefined
}

interface ReadRanges {
  readonly reader: PartitionRange
  readonly upstream: PartitionRange
}

/** Creates a finder of windows that reuses its two columns. */
export function createWindowFinder(inputs: EvaluationInputs): WindowFinder {
  let columns: ListedWindows = { kind: "places", begin: new Int32Array(0), end: new Int32Array(0) }
  const listWindows = (reading: Reading, { reader, upstream }: ReadRanges): ListedWindows => {
    const length = reader.to - reader.from + 1
    if (columns.begin.length < length)
      columns = { kind: "places", begin: new Int32Array(length), end: new Int32Array(length) }
    fillWindows(inputs, reading, columns, { reader, upstream })
    return columns
  }
  const findListedWindows: WindowFinder["findListedWindows"] = (reading, reader) => {
    const upstream = inputs.bounds.get(reading.asset.name)
    return upstream && listWindows(reading, { reader, upstream })
  }
  const findWindows: WindowFinder["findWindows"] = (read, reader, upstream) =>
    read.isShift
      ? toShiftedWindows(read, reader, upstream)
      : listWindows(read.reading, { reader: toRange(reader), upstream: toRange(upstream) })
  return { findWindows, findListedWindows }
}

function toRange({ from, length }: PartitionSpan): PartitionRange {
  return { from, to: from + length - 1 }
}

/** The windows that move by one place per partition. Their places are clamped to 32 bits, since a window may begin at −∞. */
function toShiftedWindows(
  { oldest, newest }: Pick<NumberedRead, "oldest" | "newest">,
  reader: PartitionSpan,
  upstream: PartitionSpan,
): ShiftedWindows {
  const size = upstream.length
  const shift = reader.from - upstream.from
  const first = Math.max(shift + oldest, -reader.length)
  const next = Math.min(shift + newest + 1, size)
  return { kind: "shift", first: first | 0, next: next | 0, size: size | 0 }
}

function toSpan({ from, to }: PartitionRange): PartitionSpan {
  return { from, length: to - from + 1 }
}

function fillWindows(
  inputs: EvaluationInputs,
  reading: Reading,
  columns: ListedWindows,
  { reader, upstream }: ReadRanges,
): void {
  const { mapping, read } = reading
  if (mapping.kind === "shift") {
    const { from: oldest, to: newest } = mapping.offsets
    fillShiftedWindows(
      columns,
      toShiftedWindows({ oldest, newest }, toSpan(reader), toSpan(upstream)),
      reader,
    )
  } else fillMappedWindows(columns, reading, reader, upstream)
  if (read.window.kind === "latest") narrowToNewest(inputs, reading, columns, { reader, upstream })
}

function fillShiftedWindows(
  { begin, end }: ListedWindows,
  { first, next, size }: ShiftedWindows,
  reader: PartitionRange,
) {
  for (let at = 0; at <= reader.to - reader.from; at += 1) {
    const from = Math.min(Math.max(at + first, 0), size)
    begin[at] = from
    end[at] = Math.max(Math.min(at + next, size), from)
  }
}

/** Fills the windows between different granularities. Windows ascend, so the readers between two readers with equal windows have the same window and are computed once. */
function fillMappedWindows(
  { begin, end }: ListedWindows,
  { mapping }: Reading,
  reader: PartitionRange,
  upstream: PartitionRange,
): void {
  for (let index = reader.from; index <= reader.to;) {
    const read = listPartitionsRead(mapping, index)
    const last = Math.min(listPartitionsReading(mapping, read.to).to, reader.to)
    const next =
      (last > index && isSameRange(listPartitionsRead(mapping, last), read) ? last : index) + 1
    const range = intersectRanges(read, upstream)
    const [from, to] = [index - reader.from, next - reader.from]
    begin.fill(range === undefined ? 0 : range.from - upstream.from, from, to)
    end.fill(range === undefined ? 0 : range.to + 1 - upstream.from, from, to)
    index = next
  }
}

function isSameRange(first: PartitionRange, second: PartitionRange): boolean {
  return first.from === second.from && first.to === second.to
}

/** Narrows each window to its newest partition; for a source the newest one with a file. */
function narrowToNewest(
  inputs: EvaluationInputs,
  { asset }: Reading,
  { begin, end }: ListedWindows,
  { reader, upstream }: ReadRanges,
): void {
  const newest =
    asset.kind === "source" ? findNewestLanded(inputs, asset.name, upstream) : undefined
  for (let at = 0; at <= reader.to - reader.from; at += 1) {
    const [from, to] = [begin[at] ?? 0, end[at] ?? 0]
    if (from === to) continue
    const newestPlace = newest === undefined ? to - 1 : (newest[to - 1] ?? -1)
    begin[at] = newestPlace < from ? from : newestPlace
    end[at] = newestPlace < from ? from : newestPlace + 1
  }
}

/** For each place the newest landed place up to it; -1 where there is none. */
function findNewestLanded(
  inputs: EvaluationInputs,
  source: string,
  upstream: PartitionRange,
): Int32Array {
  const landed = inputs.landing.get(source)
  const newest = new Int32Array(upstream.to - upstream.from + 1)
  let newestPlace = -1
  for (let at = 0; at < newest.length; at += 1) {
    if (landed?.has(upstream.from + at) === true) newestPlace = at
    newest[at] = newestPlace
  }
  return newest
}

/** Finds the places of a reader with a short window of a read that requires a whole one. */
export function findShortPlaces(
  { bounds }: EvaluationInputs,
  { read, mapping, asset }: Reading,
  reader: PartitionRange,
): readonly number[] {
  const upstream = bounds.get(asset.name)
  if (upstream === undefined || !requiresWholeWindow(read)) return []
  const places: number[] = []
  for (let index = reader.from; index <= reader.to; index += 1) {
    const window = listPartitionsRead(mapping, index)
    if (isShortWindow(read, window, intersectRanges(window, upstream)))
      places.push(index - reader.from)
  }
  return places
}
