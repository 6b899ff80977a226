import { endOfUnmarked, markBits, nextUnmarked } from "./bits.ts"
import type { ContentSums } from "./content-sums.ts"
import type { Desk, Judging } from "./desk.ts"
import { mustBeWhole } from "./inputs.ts"
import type { NumberedRead } from "./numbered-graph.ts"
import { addPlaces, addShifted, markEmpty, markReaders } from "./window-sums.ts"
import { type Windows, shortPlaces } from "./windows.ts"

/** Adds up what partitions would be made from, as far as that is known, and marks those that read what is not, or what keeps them from being made. */
export function addReads(judging: Judging): void {
  const { desk, numbered, length } = judging
  let range = { begin: 0, end: length }
  startInputs(judging, range)
  for (const read of numbered.reads) {
    const found = desk.sums[read.upstream]
    if (found === undefined) {
      markBlocked(desk, 0, length)
      continue
    }
    const windows = desk.finder.windowsOf(read, judging, found)
    markRead(judging, read, windows, found)
    range = narrowed(desk, range)
    addRead(desk, read, { found, windows }, range)
  }
}

interface Range {
  readonly begin: number
  readonly end: number
}

/** Without what is unknown at both ends: sums of it mean nothing. */
function narrowed({ unknown }: Desk, range: Range): Range {
  const begin = nextUnmarked(unknown, range.begin, range.end)
  return { begin, end: endOfUnmarked(unknown, begin, range.end) }
}

function startInputs({ desk, versions }: Judging, { begin, end }: Range): void {
  desk.inputs.low.fill(versions.lowCode, begin, end)
  desk.inputs.high.fill(versions.highCode, begin, end)
}

interface FoundIn {
  readonly found: ContentSums
  readonly windows: Windows
}

function addRead(
  { inputs }: Desk,
  read: NumberedRead,
  { found: { sums, origin }, windows }: FoundIn,
  { begin, end }: Range,
): void {
  const added = { sums, origin, begin, end }
  if (windows.kind === "shift") addShifted(inputs, read, windows, added)
  else addPlaces(inputs, read, windows, added)
}

/** Marks the partitions for which one read finds what is not known to be right, or what keeps them from being made. */
function markRead(
  { desk, from, length }: Judging,
  { reading, isPlain }: NumberedRead,
  windows: Windows,
  { unknown, obstacles }: ContentSums,
): void {
  if (unknown !== undefined) markReaders({ bits: desk.unknown, start: 0, length }, windows, unknown)
  if (obstacles !== undefined)
    markReaders({ bits: desk.waits, start: 0, length }, windows, obstacles)
  if (isPlain) return
  if (mustBeWhole(reading.read)) {
    const range = { from, to: from + length - 1 }
    for (const at of shortPlaces(desk.evaluation, reading, range)) markBlocked(desk, at, at + 1)
  }
  if (reading.read.window.kind !== "latest" || windows.kind !== "places") return
  markEmpty({ bits: desk.unknown, start: 0, length }, windows)
  markEmpty({ bits: desk.waits, start: 0, length }, windows)
}

/** Marks partitions that read something which is not there. */
function markBlocked({ unknown, waits }: Desk, begin: number, end: number): void {
  markBits(unknown, begin, end)
  markBits(waits, begin, end)
}
