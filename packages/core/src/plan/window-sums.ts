import type { Fingerprint, Lanes } from "../fingerprint.ts"
import type { ContentSums, Counts } from "./content-sums.ts"
import type { Places, Shift, Windows } from "./windows.ts"

interface Added {
  readonly sums: ContentSums
  readonly length: number
}

/** Adds the content of windows that move on by one place with each partition. */
export function addShifted(
  inputs: Lanes,
  factor: Fingerprint,
  windows: Shift,
  { sums, length }: Added,
): void {
  const { first, next, size } = windows
  const begin = Math.min(Math.max(0, -first), length)
  const end = Math.min(length, size - next + 1)
  if (first > next || begin >= end) {
    addCut(inputs, factor, windows, { sums, begin: 0, end: length })
    return
  }
  addCut(inputs, factor, windows, { sums, begin: 0, end: begin })
  addWhole(inputs, factor, windows, { sums, begin, end })
  addCut(inputs, factor, windows, { sums, begin: end, end: length })
}

interface AddedPart {
  readonly sums: ContentSums
  /** The readers from `begin` up to but not including `end`. */
  readonly begin: number
  readonly end: number
}

/** Adds windows that may stick out of what exists. */
function addCut(
  inputs: Lanes,
  factor: Fingerprint,
  { first, next, size }: Shift,
  { sums, begin, end }: AddedPart,
): void {
  for (let at = begin; at < end; at += 1) {
    const from = Math.min(Math.max(at + first, 0), size)
    const to = Math.max(Math.min(at + next, size), from)
    const lowSum = (sums.low[to] ?? 0) - (sums.low[from] ?? 0)
    const highSum = (sums.high[to] ?? 0) - (sums.high[from] ?? 0)
    inputs.low[at] = (inputs.low[at] ?? 0) + Math.imul(factor.low, lowSum)
    inputs.high[at] = (inputs.high[at] ?? 0) + Math.imul(factor.high, highSum)
  }
}

/** Adds windows that all lie within what exists: nearly all of them do. */
function addWhole(
  inputs: Lanes,
  factor: Fingerprint,
  { first, next }: Shift,
  { sums, begin, end }: AddedPart,
): void {
  const [low, high] = [inputs.low, inputs.high]
  const [lowSums, highSums] = [sums.low, sums.high]
  const [lowFactor, highFactor] = [factor.low, factor.high]
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
  factor: Fingerprint,
  { begin, end }: Places,
  { sums, length }: Added,
): void {
  for (let at = 0; at < length; at += 1) {
    const [from, to] = [begin[at] ?? 0, end[at] ?? 0]
    const lowSum = (sums.low[to] ?? 0) - (sums.low[from] ?? 0)
    const highSum = (sums.high[to] ?? 0) - (sums.high[from] ?? 0)
    low[at] = (low[at] ?? 0) + Math.imul(factor.low, lowSum)
    high[at] = (high[at] ?? 0) + Math.imul(factor.high, highSum)
  }
}

/** Marks every partition. */
export function markAll(bits: Uint8Array, fact: number): void {
  for (let at = 0; at < bits.length; at += 1) bits[at] = (bits[at] ?? 0) | fact
}

/** Marks the partitions whose windows hold nothing. */
export function markEmpty(bits: Uint8Array, fact: number, { begin, end }: Places): void {
  for (let at = 0; at < bits.length; at += 1)
    if (begin[at] === end[at]) bits[at] = (bits[at] ?? 0) | fact
}

/** Marks the partitions whose windows hold something that is counted. */
export function markWhere(
  bits: Uint8Array,
  fact: number,
  windows: Windows,
  { column, first }: Counts,
): void {
  if (windows.kind === "places") {
    const { begin, end } = windows
    for (let at = 0; at < bits.length; at += 1)
      if (column[end[at] ?? 0] !== column[begin[at] ?? 0]) bits[at] = (bits[at] ?? 0) | fact
    return
  }
  const { size } = windows
  for (let at = Math.max(0, first + 1 - windows.next); at < bits.length; at += 1) {
    const from = Math.min(Math.max(at + windows.first, 0), size)
    const to = Math.max(Math.min(at + windows.next, size), from)
    if (column[to] !== column[from]) bits[at] = (bits[at] ?? 0) | fact
  }
}
