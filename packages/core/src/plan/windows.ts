import type { PartitionRange } from "../declare/partition.ts"
import type { Reading } from "../graph/graph.ts"
import { intersection, partitionsRead, partitionsReading } from "../graph/mapping.ts"
import { type World, isShort, mustBeWhole } from "./inputs.ts"
import type { NumberedRead } from "./numbered-graph.ts"

/** What each partition of a reader finds of an upstream, as places in the upstream's extent. */
export type Windows = Shift | Places

/** Both are cut alike: the reader at place `at` finds what is from `at + first` up to but not including `at + next`, of `size` partitions. */
export interface Shift {
  readonly kind: "shift"
  readonly first: number
  readonly next: number
  readonly size: number
}

/** One by one: from `begin` up to but not including `end`, nothing where they are equal. The columns may be longer than the reader. */
export interface Places {
  readonly kind: "places"
  readonly begin: Int32Array
  readonly end: Int32Array
}

/** Partitions: the first one, and how many. */
export interface Span {
  readonly from: number
  readonly length: number
}

/** Finds the windows of one read over a range of its reader. */
export interface WindowFinder {
  readonly windowsOf: (read: NumberedRead, reader: Span, upstream: Span) => Windows
  /** There are none of an upstream without partitions. They hold until others are asked for. */
  readonly placesOf: (reading: Reading, reader: PartitionRange) => Places | undefined
}

interface Extents {
  readonly reader: PartitionRange
  readonly upstream: PartitionRange
}

/** Finds windows, and writes them down in the same two columns. */
export function windowFinder(world: World): WindowFinder {
  let columns: Places = { kind: "places", begin: new Int32Array(0), end: new Int32Array(0) }
  const placesWithin = (reading: Reading, { reader, upstream }: Extents): Places => {
    const length = reader.to - reader.from + 1
    if (columns.begin.length < length)
      columns = { kind: "places", begin: new Int32Array(length), end: new Int32Array(length) }
    fillPlaces(world, reading, columns, { reader, upstream })
    return columns
  }
  const placesOf: WindowFinder["placesOf"] = (reading, reader) => {
    const upstream = world.extents.get(reading.asset.name)
    return upstream && placesWithin(reading, { reader, upstream })
  }
  const windowsOf: WindowFinder["windowsOf"] = (read, reader, upstream) =>
    read.isShift
      ? shiftOf(read, reader, upstream)
      : placesWithin(read.reading, { reader: rangeOf(reader), upstream: rangeOf(upstream) })
  return { windowsOf, placesOf }
}

function rangeOf({ from, length }: Span): PartitionRange {
  return { from, to: from + length - 1 }
}

/** What each partition of a reader finds, where windows move on by one place with it. Places are clamped so that they fit in 32 bits: a window may begin with history. */
function shiftOf(
  { oldest, newest }: Pick<NumberedRead, "oldest" | "newest">,
  reader: Span,
  upstream: Span,
): Shift {
  const size = upstream.length
  const shift = reader.from - upstream.from
  const first = Math.max(shift + oldest, -reader.length)
  const next = Math.min(shift + newest + 1, size)
  return { kind: "shift", first: first | 0, next: next | 0, size: size | 0 }
}

function spanOf({ from, to }: PartitionRange): Span {
  return { from, length: to - from + 1 }
}

function fillPlaces(
  world: World,
  reading: Reading,
  columns: Places,
  { reader, upstream }: Extents,
): void {
  const { mapping, read } = reading
  if (mapping.kind === "shift") {
    const { from: oldest, to: newest } = mapping.offsets
    fillShifted(columns, shiftOf({ oldest, newest }, spanOf(reader), spanOf(upstream)), reader)
  } else fillEach(columns, reading, reader, upstream)
  if (read.window.kind === "latest") narrowToNewest(world, reading, columns, { reader, upstream })
}

function fillShifted({ begin, end }: Places, { first, next, size }: Shift, reader: PartitionRange) {
  for (let at = 0; at <= reader.to - reader.from; at += 1) {
    const from = Math.min(Math.max(at + first, 0), size)
    begin[at] = from
    end[at] = Math.max(Math.min(at + next, size), from)
  }
}

/** Readers of finer grain that find the same are asked about once: windows only move on, so two that are alike have none between them that is not. */
function fillEach(
  { begin, end }: Places,
  { mapping }: Reading,
  reader: PartitionRange,
  upstream: PartitionRange,
): void {
  for (let index = reader.from; index <= reader.to;) {
    const read = partitionsRead(mapping, index)
    const last = Math.min(partitionsReading(mapping, read.to).to, reader.to)
    const next = (last > index && isSame(partitionsRead(mapping, last), read) ? last : index) + 1
    const range = intersection(read, upstream)
    const [from, to] = [index - reader.from, next - reader.from]
    begin.fill(range === undefined ? 0 : range.from - upstream.from, from, to)
    end.fill(range === undefined ? 0 : range.to + 1 - upstream.from, from, to)
    index = next
  }
}

function isSame(left: PartitionRange, right: PartitionRange): boolean {
  return left.from === right.from && left.to === right.to
}

/** Leaves of each window its newest partition: of a source the newest that has a file. */
function narrowToNewest(
  world: World,
  { asset }: Reading,
  { begin, end }: Places,
  { reader, upstream }: Extents,
): void {
  const newest = asset.kind === "source" ? newestLanded(world, asset.name, upstream) : undefined
  for (let at = 0; at <= reader.to - reader.from; at += 1) {
    const [from, to] = [begin[at] ?? 0, end[at] ?? 0]
    if (from === to) continue
    const found = newest === undefined ? to - 1 : (newest[to - 1] ?? -1)
    begin[at] = found < from ? from : found
    end[at] = found < from ? from : found + 1
  }
}

/** For each place the newest one up to it that has landed; -1 where there is none. */
function newestLanded(world: World, source: string, upstream: PartitionRange): Int32Array {
  const landed = world.landing.get(source)
  const newest = new Int32Array(upstream.to - upstream.from + 1)
  let found = -1
  for (let at = 0; at < newest.length; at += 1) {
    if (landed?.has(upstream.from + at) === true) found = at
    newest[at] = found
  }
  return newest
}

/** The places of a reader where the window is short and must not be. */
export function shortPlaces(
  { extents }: World,
  { read, mapping, asset }: Reading,
  reader: PartitionRange,
): readonly number[] {
  const upstream = extents.get(asset.name)
  if (upstream === undefined || !mustBeWhole(read)) return []
  const places: number[] = []
  for (let index = reader.from; index <= reader.to; index += 1) {
    const wanted = partitionsRead(mapping, index)
    if (isShort(read, wanted, intersection(wanted, upstream))) places.push(index - reader.from)
  }
  return places
}
