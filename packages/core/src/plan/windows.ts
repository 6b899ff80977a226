import type { PartitionRange } from "../declare/partition.ts"
import { intersection, partitionsRead } from "../graph/mapping.ts"
import { type Reading, type World, isShort, mustBeWhole } from "./inputs.ts"

/**
 * For each partition of a reader the part of the upstream that it finds, as places in the upstream's extent:
 * from `begin` up to but not including `end`, nothing where they are equal. The columns may be longer than the reader.
 */
export interface Windows {
  readonly begin: Int32Array
  readonly end: Int32Array
  /** Places of the reader where the window is short and must not be. */
  readonly tooShort: readonly number[]
}

/** The windows of one read over a range of its reader; undefined when the upstream has no partition. They hold until the next ones are asked for. */
export type WindowFinder = (reading: Reading, reader: PartitionRange) => Windows | undefined

/** Finds windows one read after the other in the same two columns. */
export function windowFinder(world: World): WindowFinder {
  let columns: Columns = { begin: new Int32Array(0), end: new Int32Array(0) }
  return (reading, reader) => {
    const upstream = world.extents.get(reading.asset.name)
    if (upstream === undefined) return undefined
    const length = reader.to - reader.from + 1
    if (columns.begin.length < length)
      columns = { begin: new Int32Array(length), end: new Int32Array(length) }
    const { mapping, read } = reading
    if (mapping.kind === "shift") fillShifted(columns, mapping.offsets, reader, upstream)
    else fillEach(columns, reading, reader, upstream)
    if (read.window.kind === "latest") narrowToNewest(world, reading, columns, { reader, upstream })
    return { ...columns, tooShort: mustBeWhole(read) ? shortPlaces(reading, reader, upstream) : [] }
  }
}

type Columns = Pick<Windows, "begin" | "end">

/** Places are clamped before they enter 32 bits: a window may begin with history. */
function fillShifted(
  { begin, end }: Columns,
  offsets: PartitionRange,
  reader: PartitionRange,
  upstream: PartitionRange,
): void {
  const length = reader.to - reader.from + 1
  const size = upstream.to - upstream.from + 1
  const shift = reader.from - upstream.from
  const first = Math.max(shift + offsets.from, -length)
  const next = Math.min(shift + offsets.to + 1, size)
  for (let at = 0; at < length; at += 1) {
    const from = Math.min(Math.max(at + first, 0), size)
    begin[at] = from
    end[at] = Math.max(Math.min(at + next, size), from)
  }
}

function fillEach(
  { begin, end }: Columns,
  { mapping }: Reading,
  reader: PartitionRange,
  upstream: PartitionRange,
): void {
  for (let index = reader.from; index <= reader.to; index += 1) {
    const range = intersection(partitionsRead(mapping, index), upstream)
    begin[index - reader.from] = range === undefined ? 0 : range.from - upstream.from
    end[index - reader.from] = range === undefined ? 0 : range.to + 1 - upstream.from
  }
}

interface Extents {
  readonly reader: PartitionRange
  readonly upstream: PartitionRange
}

/** Leaves of each window its newest partition: of a source the newest that has a file. */
function narrowToNewest(
  world: World,
  { asset }: Reading,
  { begin, end }: Columns,
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

function shortPlaces(
  { read, mapping }: Reading,
  reader: PartitionRange,
  upstream: PartitionRange,
): readonly number[] {
  const places: number[] = []
  for (let index = reader.from; index <= reader.to; index += 1) {
    const wanted = partitionsRead(mapping, index)
    if (isShort(read, wanted, intersection(wanted, upstream))) places.push(index - reader.from)
  }
  return places
}
