import type { Lanes } from "../fingerprint.ts"
import { type BitsPart, markBits, nextMarked, nextUnmarked } from "./bits.ts"
import type { NumberedRead } from "./numbered-graph.ts"
import type { Places, Shift, Windows } from "./windows.ts"

type Factor = Pick<NumberedRead, "lowFactor" | "highFactor">

/** Running sums, and the readers whose windows of them are added: from `begin` up to but not including `end`. */
interface Added {
  readonly contents: Lanes
  readonly begin: number
  readonly end: number
}

/** Adds the content of windows that move on by one place with each partition. */
export function addShifted(
  inputs: Lanes,
  factor: Factor,
  windows: Shift,
  { contents, begin, end }: Added,
): void {
  const { first, next, size } = windows
  const from = Math.min(Math.max(begin, -first), end)
  const to = Math.min(end, size - next + 1)
  if (first > next || from >= to) {
    addCut(inputs, factor, windows, { contents, begin, end })
    return
  }
  if (begin < from) addCut(inputs, factor, windows, { contents, begin, end: from })
  addWhole(inputs, factor, windows, { contents, begin: from, end: to })
  if (to < end) addCut(inputs, factor, windows, { contents, begin: to, end })
}

/** Adds windows that may stick out of what exists. */
function addCut(
  inputs: Lanes,
  factor: Factor,
  { first, next, size }: Shift,
  { contents, begin, end }: Added,
): void {
  for (let at = begin; at < end; at += 1) {
    const from = Math.min(Math.max(at + first, 0), size)
    const to = Math.max(Math.min(at + next, size), from)
    const low = (contents.low[to] ?? 0) - (contents.low[from] ?? 0)
    const high = (contents.high[to] ?? 0) - (contents.high[from] ?? 0)
    inputs.low[at] = (inputs.low[at] ?? 0) + Math.imul(factor.lowFactor, low)
    inputs.high[at] = (inputs.high[at] ?? 0) + Math.imul(factor.highFactor, high)
  }
}

/** Adds windows that all lie within what exists: nearly all of them do. */
function addWhole(
  inputs: Lanes,
  factor: Factor,
  { first, next }: Shift,
  { contents, begin, end }: Added,
): void {
  const [low, high] = [inputs.low, inputs.high]
  const [lowSums, highSums] = [contents.low, contents.high]
  const { lowFactor, highFactor } = factor
  for (let at = begin; at < end; at += 1) {
    const lowSum = (lowSums[at + next] ?? 0) - (lowSums[at + first] ?? 0)
    const highSum = (highSums[at + next] ?? 0) - (highSums[at + first] ?? 0)
    low[at] = (low[at] ?? 0) + Math.imul(lowFactor, lowSum)
    high[at] = (high[at] ?? 0) + Math.imul(highFactor, highSum)
  }
}

/** Adds the content of windows that lie anywhere. */
export function addPlaces(
  { low, high }: Lanes,
  factor: Factor,
  windows: Places,
  { contents, begin, end }: Added,
): void {
  for (let at = begin; at < end; at += 1) {
    const [from, to] = [windows.begin[at] ?? 0, windows.end[at] ?? 0]
    const lowSum = (contents.low[to] ?? 0) - (contents.low[from] ?? 0)
    const highSum = (contents.high[to] ?? 0) - (contents.high[from] ?? 0)
    low[at] = (low[at] ?? 0) + Math.imul(factor.lowFactor, lowSum)
    high[at] = (high[at] ?? 0) + Math.imul(factor.highFactor, highSum)
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
