import { type BitsetSlice, setBits, nextSet, nextUnset } from "../partitions/bitset.ts"
import type { Lanes } from "./fingerprint.ts"
import type { NumberedRead } from "./numbered-graph.ts"
import type { ListedWindows, ShiftedWindows, Windows } from "./windows.ts"

type Factor = Pick<NumberedRead, "lowFactor" | "highFactor">

/** Running sums, and the readers whose windows are added: the places from `begin` to `end` (exclusive). */
interface SummedInterval {
  readonly sums: Lanes
  /** The index of the element of place 0. */
  readonly origin: number
  readonly begin: number
  readonly end: number
}

/** Adds the content of windows that move by one place per partition. */
export function addShiftedWindows(
  inputs: Lanes,
  factor: Factor,
  windows: ShiftedWindows,
  { sums, origin, begin, end }: SummedInterval,
): void {
  const { first, next, size } = windows
  const from = Math.min(Math.max(begin, -first), end)
  const to = Math.min(end, size - next + 1)
  if (first > next || from >= to) {
    addClampedWindows(inputs, factor, windows, { sums, origin, begin, end })
    return
  }
  if (begin < from) addClampedWindows(inputs, factor, windows, { sums, origin, begin, end: from })
  addWholeWindows(inputs, factor, windows, { sums, origin, begin: from, end: to })
  if (to < end) addClampedWindows(inputs, factor, windows, { sums, origin, begin: to, end })
}

/** Adds windows that may extend beyond the existing partitions. */
function addClampedWindows(
  inputs: Lanes,
  factor: Factor,
  { first, next, size }: ShiftedWindows,
  { sums, origin, begin, end }: SummedInterval,
): void {
  for (let at = begin; at < end; at += 1) {
    const from = Math.min(Math.max(at + first, 0), size)
    const to = Math.max(Math.min(at + next, size), from)
    if (from < to) addWindow(inputs, at, factor, { sums, from: from + origin, to: to + origin })
  }
}

interface SummedWindow {
  readonly sums: Lanes
  readonly from: number
  readonly to: number
}

function addWindow(
  inputs: Lanes,
  at: number,
  { lowFactor, highFactor }: Factor,
  { sums, from, to }: SummedWindow,
): void {
  const low = (sums.low[to] ?? 0) - (sums.low[from] ?? 0)
  const high = (sums.high[to] ?? 0) - (sums.high[from] ?? 0)
  inputs.low[at] = (inputs.low[at] ?? 0) + Math.imul(lowFactor, low)
  inputs.high[at] = (inputs.high[at] ?? 0) + Math.imul(highFactor, high)
}

/** Adds windows that lie within the existing partitions: the fast path of nearly all windows. */
function addWholeWindows(
  { low, high }: Lanes,
  { lowFactor, highFactor }: Factor,
  { first, next }: ShiftedWindows,
  { sums, origin, begin, end }: SummedInterval,
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

/** Adds the content of windows that are listed per reader. */
export function addListedWindows(
  { low, high }: Lanes,
  { lowFactor, highFactor }: Factor,
  windows: ListedWindows,
  { sums, origin, begin, end }: SummedInterval,
): void {
  for (let at = begin; at < end; at += 1) {
    const [from, to] = [(windows.begin[at] ?? 0) + origin, (windows.end[at] ?? 0) + origin]
    const lowSum = (sums.low[to] ?? 0) - (sums.low[from] ?? 0)
    const highSum = (sums.high[to] ?? 0) - (sums.high[from] ?? 0)
    low[at] = (low[at] ?? 0) + Math.imul(lowFactor, lowSum)
    high[at] = (high[at] ?? 0) + Math.imul(highFactor, highSum)
  }
}

/** Sets the readers whose windows hold a place of the upstream slice. */
export function setReaders(readers: BitsetSlice, windows: Windows, upstream: BitsetSlice): void {
  if (windows.kind === "shift") setShiftedReaders(readers, windows, upstream)
  else setListedReaders(readers, windows, upstream)
}

/** Sets the readers of runs of upstream places: they are runs too. */
function setShiftedReaders(
  readers: BitsetSlice,
  { first, next }: ShiftedWindows,
  upstream: BitsetSlice,
): void {
  if (first >= next) return
  const last = upstream.start + upstream.length
  let begin = nextSet(upstream.bits, upstream.start, last)
  while (begin < last) {
    const end = nextUnset(upstream.bits, begin, last)
    const from = Math.max(begin - upstream.start - next + 1, 0)
    const to = Math.min(end - upstream.start - first, readers.length)
    setBits(readers.bits, readers.start + from, readers.start + to)
    begin = nextSet(upstream.bits, end, last)
  }
}

/** Sets the readers of listed windows. Windows ascend, so each upstream place is found once. */
function setListedReaders(
  readers: BitsetSlice,
  windows: ListedWindows,
  upstream: BitsetSlice,
): void {
  const last = upstream.start + upstream.length
  let nextPlace = -1
  for (let at = 0; at < readers.length; at += 1) {
    const begin = upstream.start + (windows.begin[at] ?? 0)
    const end = upstream.start + (windows.end[at] ?? 0)
    if (begin === end) continue
    if (nextPlace < begin) nextPlace = nextSet(upstream.bits, begin, last)
    if (nextPlace < end) setBits(readers.bits, readers.start + at, readers.start + at + 1)
  }
}

/** Sets the readers with an empty window. */
export function setEmptyReaders({ bits, start, length }: BitsetSlice, windows: Windows): void {
  for (let at = 0; at < length; at += 1)
    if (isEmptyWindow(windows, at)) setBits(bits, start + at, start + at + 1)
}

function isEmptyWindow(windows: Windows, at: number): boolean {
  if (windows.kind === "places") return windows.begin[at] === windows.end[at]
  const { first, next, size } = windows
  return Math.min(at + next, size) <= Math.max(at + first, 0)
}
