import type { Lanes } from "../fingerprint.ts"
import { type BitsPart, markBits, nextMarked, nextUnmarked } from "./bits.ts"
import type { NumberedRead } from "./numbered-graph.ts"
import type { Places, Shift, Windows } from "./windows.ts"

type Factor = Pick<NumberedRead, "lowFactor" | "highFactor">

/** Running sums, and the readers whose windows of them are added: from `begin` up to but not including `end`. */
interface Added {
  readonly sums: Lanes
  /** Which of their elements is that of place 0. */
  readonly origin: number
  readonly begin: number
  readonly end: number
}

/** Adds the content of windows that move on by one place with each partition. */
export function addShifted(
  inputs: Lanes,
  factor: Factor,
  windows: Shift,
  { sums, origin, begin, end }: Added,
): void {
  const { first, next, size } = windows
  const from = Math.min(Math.max(begin, -first), end)
  const to = Math.min(end, size - next + 1)
  if (first > next || from >= to) {
    addCut(inputs, factor, windows, { sums, origin, begin, end })
    return
  }
  if (begin < from) addCut(inputs, factor, windows, { sums, origin, begin, end: from })
  addWhole(inputs, factor, windows, { sums, origin, begin: from, end: to })
  if (to < end) addCut(inputs, factor, windows, { sums, origin, begin: to, end })
}

/** Adds windows that may stick out of what exists. */
function addCut(
  inputs: Lanes,
  factor: Factor,
  { first, next, size }: Shift,
  { sums, origin, begin, end }: Added,
): void {
  for (let at = begin; at < end; at += 1) {
    const from = Math.min(Math.max(at + first, 0), size)
    const to = Math.max(Math.min(at + next, size), from)
    if (from < to) addWindow(inputs, at, factor, { sums, from: from + origin, to: to + origin })
  }
}

interface Window {
  readonly sums: Lanes
  readonly from: number
  readonly to: number
}

function addWindow(
  inputs: Lanes,
  at: number,
  { lowFactor, highFactor }: Factor,
  { sums, from, to }: Window,
): void {
  const low = (sums.low[to] ?? 0) - (sums.low[from] ?? 0)
  const high = (sums.high[to] ?? 0) - (sums.high[from] ?? 0)
  inputs.low[at] = (inputs.low[at] ?? 0) + Math.imul(lowFactor, low)
  inputs.high[at] = (inputs.high[at] ?? 0) + Math.imul(highFactor, high)
}

/** Adds windows that all lie within what exists: nearly all of them do. */
function addWhole(
  { low, high }: Lanes,
  { lowFactor, highFactor }: Factor,
  { first, next }: Shift,
  { sums, origin, begin, end }: Added,
): void {
  const [lowSums, highSums] = [sums.low, sums.high]
  const [firstShift, nextShift] = [(first + origin) | 0, (next + origin) | 0]
  for (let at = begin; at < end; at += 1) {
    const lowSum = (lowSums[at + nextShift] ?? 0) - (lowSums[at + firstShift] ?? 0)
    const highSum = (highSums[at + nextShift] ?? 0) - (highSums[at + firstShift] ?? 0)
    low[at] = (low[at] ?? 0) + Math.imul(lowFactor, lowSum)
    high[at] = (high[at] ?? 0) + Math.imul(highFactor, highSum)
  }
}

/** Adds the content of windows that lie anywhere. */
export function addPlaces(
  { low, high }: Lanes,
  { lowFactor, highFactor }: Factor,
  windows: Places,
  { sums, origin, begin, end }: Added,
): void {
  for (let at = begin; at < end; at += 1) {
    const [from, to] = [(windows.begin[at] ?? 0) + origin, (windows.end[at] ?? 0) + origin]
    const lowSum = (sums.low[to] ?? 0) - (sums.low[from] ?? 0)
    const highSum = (sums.high[to] ?? 0) - (sums.high[from] ?? 0)
    low[at] = (low[at] ?? 0) + Math.imul(lowFactor, lowSum)
    high[at] = (high[at] ?? 0) + Math.imul(highFactor, highSum)
  }
}

/** Marks the readers whose windows hold something that is marked. */
export function markReaders(readers: BitsPart, windows: Windows, marked: BitsPart): void {
  if (windows.kind === "shift") markShifted(readers, windows, marked)
  else markPlaces(readers, windows, marked)
}

/** The readers of neighbours are neighbours. */
function markShifted(readers: BitsPart, { first, next }: Shift, marked: BitsPart): void {
  if (first >= next) return
  const last = marked.start + marked.length
  let begin = nextMarked(marked.bits, marked.start, last)
  while (begin < last) {
    const end = nextUnmarked(marked.bits, begin, last)
    const from = Math.max(begin - marked.start - next + 1, 0)
    const to = Math.min(end - marked.start - first, readers.length)
    markBits(readers.bits, readers.start + from, readers.start + to)
    begin = nextMarked(marked.bits, end, last)
  }
}

/** Windows move on with their readers, so that each marked place is found once. */
function markPlaces(readers: BitsPart, windows: Places, marked: BitsPart): void {
  const last = marked.start + marked.length
  let found = -1
  for (let at = 0; at < readers.length; at += 1) {
    const begin = marked.start + (windows.begin[at] ?? 0)
    const end = marked.start + (windows.end[at] ?? 0)
    if (begin === end) continue
    if (found < begin) found = nextMarked(marked.bits, begin, last)
    if (found < end) markBits(readers.bits, readers.start + at, readers.start + at + 1)
  }
}

/** Marks the readers whose windows hold nothing. */
export function markEmpty({ bits, start, length }: BitsPart, { begin, end }: Places): void {
  for (let at = 0; at < length; at += 1)
    if (begin[at] === end[at]) markBits(bits, start + at, start + at + 1)
}
