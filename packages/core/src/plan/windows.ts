import type { PartitionRange } from "../declare/partition.ts"
import { intersection, partitionsRead } from "../graph/mapping.ts"
import { type Reading, type World, isShort, mustBeWhole } from "./inputs.ts"

/** For each partition of a reader, the first and last partition of the upstream that it finds; none where first > last. */
export interface Windows {
  readonly first: Int32Array
  readonly last: Int32Array
  /** Places where the window is short and must not be. */
  readonly tooShort: readonly number[]
}

/** The windows of one read over all partitions of its reader. */
export function windowsOf(
  world: World,
  reading: Reading,
  reader: PartitionRange,
  upstream: PartitionRange,
): Windows {
  const length = reader.to - reader.from + 1
  const windows = { first: new Int32Array(length), last: new Int32Array(length) }
  const { mapping, read } = reading
  if (mapping.kind === "shift") fillShifted(windows, mapping.offsets, reader, upstream)
  else fillEach(windows, reading, reader, upstream)
  if (read.window.kind === "latest") narrowToNewest(world, reading, windows, upstream)
  const tooShort = mustBeWhole(read) ? shortPlaces(reading, reader, upstream) : []
  return { ...windows, tooShort }
}

type Filled = Pick<Windows, "first" | "last">

/** Offsets are clamped before they enter 32 bits; `first` is then one past `last` where nothing is found. */
function fillShifted(
  { first, last }: Filled,
  offsets: PartitionRange,
  reader: PartitionRange,
  upstream: PartitionRange,
): void {
  for (let at = 0; at < first.length; at += 1) {
    const index = reader.from + at
    first[at] = Math.max(index + offsets.from, upstream.from)
    last[at] = Math.max(Math.min(index + offsets.to, upstream.to), upstream.from - 1)
  }
}

function fillEach(
  { first, last }: Filled,
  { mapping }: Reading,
  reader: PartitionRange,
  upstream: PartitionRange,
): void {
  const nothing = { from: upstream.from, to: upstream.from - 1 }
  for (let at = 0; at < first.length; at += 1) {
    const range = intersection(partitionsRead(mapping, reader.from + at), upstream) ?? nothing
    first[at] = range.from
    last[at] = range.to
  }
}

/** Leaves of each window its newest partition: of a source the newest that has a file. */
function narrowToNewest(
  world: World,
  { asset }: Reading,
  { first, last }: Filled,
  upstream: PartitionRange,
): void {
  const newest = asset.kind === "source" ? newestLanded(world, asset.name, upstream) : undefined
  for (let at = 0; at < first.length; at += 1) {
    const to = last[at] ?? 0
    if (to < (first[at] ?? 0)) continue
    const found = newest === undefined ? to : (newest[to - upstream.from] ?? -Infinity)
    if (found < (first[at] ?? 0)) last[at] = (first[at] ?? 0) - 1
    else first[at] = last[at] = found
  }
}

/** For each partition the newest one up to it that has landed. */
function newestLanded(world: World, source: string, upstream: PartitionRange): Float64Array {
  const landed = world.landing.get(source)
  const newest = new Float64Array(upstream.to - upstream.from + 1)
  let found = -Infinity
  for (let at = 0; at < newest.length; at += 1) {
    if (landed?.has(upstream.from + at) === true) found = upstream.from + at
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
