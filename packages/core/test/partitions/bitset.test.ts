import fc from "fast-check"
import { expect, test } from "vitest"

import {
  type Bitset,
  createBitset,
  subtractBits,
  findUnsetEnd,
  isSet,
  intersectBits,
  setBits,
  nextSet,
  nextUnset,
  listSetRanges,
} from "../../src/partitions/bitset.ts"

const room = 130

const range = fc.tuple(fc.nat({ max: room }), fc.nat({ max: room }))
const ranges = fc.array(range, { maxLength: 6 })

/** The same places marked one by one. */
function bothOf(marked: readonly (readonly [number, number])[]) {
  const bits = createBitset(room)
  const places = Array.from({ length: room }, () => false)
  for (const [begin, end] of marked) {
    setBits(bits, begin, end)
    for (let at = begin; at < end; at += 1) places[at] = true
  }
  return { bits, places }
}

function placesOf(bits: Bitset): readonly boolean[] {
  return Array.from({ length: room }, (_, at) => isSet(bits, at))
}

function expectFound(found: number, places: readonly boolean[], end: number): void {
  const at = places.findIndex((isIt, place) => isIt && place < end)
  expect(found).toBe(at < 0 ? end : at)
}

test("a place is marked exactly when a range with it was", () => {
  fc.assert(
    fc.property(ranges, (marked) => {
      const { bits, places } = bothOf(marked)
      expect(placesOf(bits)).toEqual(places)
    }),
  )
})

test("the next marked place, and the next one that is not, are found between any two", () => {
  fc.assert(
    fc.property(ranges, range, (marked, [begin, end]) => {
      fc.pre(begin <= end)
      const { bits, places } = bothOf(marked)
      const since = places.map((isIt, at) => isIt && at >= begin)
      const open = places.map((isIt, at) => !isIt && at >= begin)
      expectFound(nextSet(bits, begin, end), since, end)
      expectFound(nextUnset(bits, begin, end), open, end)
      const last = open.slice(0, end).lastIndexOf(true)
      expect(findUnsetEnd(bits, begin, end)).toBe(last < begin ? begin : last + 1)
    }),
  )
})

test("marked neighbours are one range of partitions", () => {
  const bits = createBitset(room)
  for (const [begin, end] of [
    [33, 64],
    [64, 70],
    [96, 97],
    [100, 129],
  ] as const)
    setBits(bits, begin, end)
  expect(listSetRanges({ bits, start: 32, length: 96 }, 1000)).toEqual([
    { from: 1001, to: 1037 },
    { from: 1064, to: 1064 },
    { from: 1068, to: 1095 },
  ])
})

test("marks of one part are kept or dropped by those of others, and no other part is touched", () => {
  fc.assert(
    fc.property(ranges, ranges, (marked, other) => {
      const [kept, dropped, others] = [bothOf(marked), bothOf(marked), bothOf(other)]
      const part = { start: 32, length: 64 }
      const isIn = (at: number): boolean => at >= 32 && at < 96
      const both = kept.places.map((isIt, at) => isIt && others.places[at] === true)
      const isAny = intersectBits({ bits: kept.bits, ...part }, others.bits)
      subtractBits({ bits: dropped.bits, ...part }, others.bits)
      expect(isAny).toBe(both.some((isIt, at) => isIt && isIn(at)))
      expect(placesOf(kept.bits)).toEqual(
        kept.places.map((isIt, at) => (isIn(at) ? both[at] : isIt)),
      )
      expect(placesOf(dropped.bits)).toEqual(
        dropped.places.map((isIt, at) => isIt && !(isIn(at) && others.places[at] === true)),
      )
    }),
  )
})
