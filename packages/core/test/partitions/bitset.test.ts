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

/** Builds a bitset and a list of booleans from the same ranges. */
function buildBoth(setRanges: readonly (readonly [number, number])[]) {
  const bits = createBitset(room)
  const places = Array.from({ length: room }, () => false)
  for (const [begin, end] of setRanges) {
    setBits(bits, begin, end)
    for (let at = begin; at < end; at += 1) places[at] = true
  }
  return { bits, places }
}

function listPlaces(bits: Bitset): readonly boolean[] {
  return Array.from({ length: room }, (_, at) => isSet(bits, at))
}

function expectFirst(place: number, places: readonly boolean[], end: number): void {
  const at = places.findIndex((isIn, index) => isIn && index < end)
  expect(place).toBe(at < 0 ? end : at)
}

test("a place is in the set exactly when one of the added ranges holds it", () => {
  fc.assert(
    fc.property(ranges, (setRanges) => {
      const { bits, places } = buildBoth(setRanges)
      expect(listPlaces(bits)).toEqual(places)
    }),
  )
})

test("nextSet, nextUnset and findUnsetEnd find the places between any two", () => {
  fc.assert(
    fc.property(ranges, range, (setRanges, [begin, end]) => {
      fc.pre(begin <= end)
      const { bits, places } = buildBoth(setRanges)
      const inside = places.map((isIn, at) => isIn && at >= begin)
      const outside = places.map((isIn, at) => !isIn && at >= begin)
      expectFirst(nextSet(bits, begin, end), inside, end)
      expectFirst(nextUnset(bits, begin, end), outside, end)
      const last = outside.slice(0, end).lastIndexOf(true)
      expect(findUnsetEnd(bits, begin, end)).toBe(last < begin ? begin : last + 1)
    }),
  )
})

test("consecutive places are one range of partitions", () => {
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

test("intersecting and subtracting change only the places of the slice", () => {
  fc.assert(
    fc.property(ranges, ranges, (setRanges, otherRanges) => {
      const [intersected, subtracted] = [buildBoth(setRanges), buildBoth(setRanges)]
      const other = buildBoth(otherRanges)
      const part = { start: 32, length: 64 }
      const isInPart = (at: number): boolean => at >= 32 && at < 96
      const both = intersected.places.map((isIn, at) => isIn && other.places[at] === true)
      const isAny = intersectBits({ bits: intersected.bits, ...part }, other.bits)
      subtractBits({ bits: subtracted.bits, ...part }, other.bits)
      expect(isAny).toBe(both.some((isIn, at) => isIn && isInPart(at)))
      expect(listPlaces(intersected.bits)).toEqual(
        intersected.places.map((isIn, at) => (isInPart(at) ? both[at] : isIn)),
      )
      expect(listPlaces(subtracted.bits)).toEqual(
        subtracted.places.map((isIn, at) => isIn && !(isInPart(at) && other.places[at] === true)),
      )
    }),
  )
})
