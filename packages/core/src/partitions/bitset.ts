import type { PartitionRange } from "../declare/partition.ts"

/** A mark for each of many places, 32 to a word: neighbours are marked and found a word at a time. */
export type Bitset = Int32Array

/** Room for the marks of `length` places, none of them marked. */
export function createBitset(length: number): Bitset {
  return new Int32Array((length + 31) >> 5)
}

/** Marks the places from `begin` up to but not including `end`. */
export function setBits(bits: Bitset, begin: number, end: number): void {
  if (begin >= end) return
  const [first, last] = [begin >> 5, (end - 1) >> 5]
  const head = -1 << (begin & 31)
  const tail = -1 >>> (31 - ((end - 1) & 31))
  if (first === last) {
    bits[first] = (bits[first] ?? 0) | (head & tail)
    return
  }
  bits[first] = (bits[first] ?? 0) | head
  for (let word = first + 1; word < last; word += 1) bits[word] = -1
  bits[last] = (bits[last] ?? 0) | tail
}

/** Takes the marks from `begin` up to but not including `end` away. */
export function clearBits(bits: Bitset, begin: number, end: number): void {
  if (begin >= end) return
  const [first, last] = [begin >> 5, (end - 1) >> 5]
  const head = -1 << (begin & 31)
  const tail = -1 >>> (31 - ((end - 1) & 31))
  if (first === last) {
    bits[first] = (bits[first] ?? 0) & ~(head & tail)
    return
  }
  bits[first] = (bits[first] ?? 0) & ~head
  for (let word = first + 1; word < last; word += 1) bits[word] = 0
  bits[last] = (bits[last] ?? 0) & ~tail
}

/** Whether a place is marked. */
export function isSet(bits: Bitset, at: number): boolean {
  return (((bits[at >> 5] ?? 0) >>> (at & 31)) & 1) === 1
}

/** The first marked place from `begin` on; `end` when there is none before it. */
export function nextSet(bits: Bitset, begin: number, end: number): number {
  return nextDifferent(bits, 0, begin, end)
}

/** The first place from `begin` on that is not marked; `end` when there is none before it. */
export function nextUnset(bits: Bitset, begin: number, end: number): number {
  return nextDifferent(bits, -1, begin, end)
}

/** The first place whose mark differs from those of `word`. */
function nextDifferent(bits: Bitset, word: number, begin: number, end: number): number {
  for (let at = begin; at < end; at = (at | 31) + 1) {
    const differentBits = ((bits[at >> 5] ?? 0) ^ word) >>> (at & 31)
    if (differentBits !== 0)
      return Math.min(at + 31 - Math.clz32(differentBits & -differentBits), end)
  }
  return end
}

/** How far the places between `begin` and `end` reach that are not marked: after the last of them; `begin` when there is none. */
export function findUnsetEnd(bits: Bitset, begin: number, end: number): number {
  for (let last = end - 1; last >= begin; last = (last & ~31) - 1) {
    const unsetBits = ~(bits[last >> 5] ?? 0) << (31 - (last & 31))
    if (unsetBits !== 0) return Math.max(last + 1 - Math.clz32(unsetBits), begin)
  }
  return begin
}

/** The marks of `length` neighbours. The first of them is at the place `start`, which begins a word where other marks are combined with them. */
export interface BitsetSlice {
  readonly bits: Bitset
  readonly start: number
  readonly length: number
}

/** Marked neighbours as ranges of partitions; the first place is partition `from`. */
export function listSetRanges(
  { bits, start, length }: BitsetSlice,
  from: number,
): readonly PartitionRange[] {
  const ranges: PartitionRange[] = []
  const last = start + length
  for (let begin = nextSet(bits, start, last); begin < last;) {
    const end = nextUnset(bits, begin, last)
    ranges.push({ from: from + begin - start, to: from + end - 1 - start })
    begin = nextSet(bits, end, last)
  }
  return ranges
}

/** Leaves the marks that some other marks have at the same places. Says whether any are left. */
export function intersectBits({ bits, start, length }: BitsetSlice, otherBits: Bitset): boolean {
  let union = 0
  for (let word = start >> 5; word < (start + length + 31) >> 5; word += 1) {
    const both = (bits[word] ?? 0) & (otherBits[word] ?? 0)
    bits[word] = both
    union |= both
  }
  return union !== 0
}

/** Takes away the marks that some other marks have at the same places. */
export function subtractBits({ bits, start, length }: BitsetSlice, otherBits: Bitset): void {
  for (let word = start >> 5; word < (start + length + 31) >> 5; word += 1)
    bits[word] = (bits[word] ?? 0) & ~(otherBits[word] ?? 0)
}
