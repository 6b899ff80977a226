import type { PartitionRange } from "../declare/partition.ts"

/** A set of places, one bit each, 32 to a word. */
export type Bitset = Int32Array

/** Creates an empty set of places below `length`. */
export function createBitset(length: number): Bitset {
  return new Int32Array((length + 31) >> 5)
}

/** Adds the places from `begin` to `end` (exclusive). */
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

/** Removes the places from `begin` to `end` (exclusive). */
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

/** Tests one place. */
export function isSet(bits: Bitset, at: number): boolean {
  return (((bits[at >> 5] ?? 0) >>> (at & 31)) & 1) === 1
}

/** The first place of the set from `begin` on; `end` when there is none before it. */
export function nextSet(bits: Bitset, begin: number, end: number): number {
  return nextDifferent(bits, 0, begin, end)
}

/** The first place outside the set from `begin` on; `end` when there is none before it. */
export function nextUnset(bits: Bitset, begin: number, end: number): number {
  return nextDifferent(bits, -1, begin, end)
}

/** The first place from `begin` on whose bit differs from its bit in `word`; `end` when there is none before it. */
function nextDifferent(bits: Bitset, word: number, begin: number, end: number): number {
  for (let at = begin; at < end; at = (at | 31) + 1) {
    const differentBits = ((bits[at >> 5] ?? 0) ^ word) >>> (at & 31)
    if (differentBits !== 0)
      return Math.min(at + 31 - Math.clz32(differentBits & -differentBits), end)
  }
  return end
}

/** The place after the last place between `begin` and `end` that is outside the set; `begin` when there is none. */
export function findUnsetEnd(bits: Bitset, begin: number, end: number): number {
  for (let last = end - 1; last >= begin; last = (last & ~31) - 1) {
    const unsetBits = ~(bits[last >> 5] ?? 0) << (31 - (last & 31))
    if (unsetBits !== 0) return Math.max(last + 1 - Math.clz32(unsetBits), begin)
  }
  return begin
}

/** The `length` consecutive places of a bitset from `start` on. Combining slices requires that `start` is a multiple of 32. */
export interface BitsetSlice {
  readonly bits: Bitset
  readonly start: number
  readonly length: number
}

/** The places of a slice as ranges of partitions; the slice's first place is partition `from`. */
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

/** Intersects a slice in place with the same places of another bitset. Returns whether any place remains. */
export function intersectBits({ bits, start, length }: BitsetSlice, otherBits: Bitset): boolean {
  let union = 0
  for (let word = start >> 5; word < (start + length + 31) >> 5; word += 1) {
    const both = (bits[word] ?? 0) & (otherBits[word] ?? 0)
    bits[word] = both
    union |= both
  }
  return union !== 0
}

/** Removes from a slice in place the same places of another bitset. */
export function subtractBits({ bits, start, length }: BitsetSlice, otherBits: Bitset): void {
  for (let word = start >> 5; word < (start + length + 31) >> 5; word += 1)
    bits[word] = (bits[word] ?? 0) & ~(otherBits[word] ?? 0)
}
