import { expect, test } from "vitest"

import {
  filterRanges,
  intersectRangeLists,
  joinRanges,
  listPartitions,
  type PartitionRange,
  subtractRanges,
  takeNewest,
} from "../../src/engine.ts"

/** Every set of partitions out of seven. */
const sets = Array.from({ length: 128 }, (_, bits) =>
  Array.from({ length: 7 }, (_partition, at) => at).filter((at) => (bits >> at) & 1),
)

function toRanges(partitions: readonly number[]): readonly PartitionRange[] {
  return joinRanges(partitions.map((at) => ({ from: at, to: at })))
}

function toPartitions(ranges: readonly PartitionRange[]): readonly number[] {
  return ranges.flatMap(({ from, to }) =>
    Array.from({ length: to - from + 1 }, (_, at) => from + at),
  )
}

test("two lists of ranges have an intersection and a difference", () => {
  for (const left of sets)
    for (const right of sets) {
      const [leftRanges, rightRanges] = [toRanges(left), toRanges(right)]
      expect(toPartitions(intersectRangeLists(leftRanges, rightRanges))).toEqual(
        left.filter((at) => right.includes(at)),
      )
      expect(toPartitions(subtractRanges(leftRanges, rightRanges))).toEqual(
        left.filter((at) => !right.includes(at)),
      )
    }
})

test("a filter of ranges asks about their partitions and no others", () => {
  for (const left of sets)
    for (const right of sets) {
      const visited: number[] = []
      const filtered = filterRanges(
        toRanges(left),
        (at) => visited.push(at) > 0 && right.includes(at),
      )
      expect(filtered).toEqual(intersectRangeLists(toRanges(left), toRanges(right)))
      expect(new Set(visited)).toEqual(new Set(left))
    }
})

test("the newest partitions of some ranges are counted from their end", () => {
  for (const set of sets)
    for (const most of [0, 1, 3, Infinity])
      expect(toPartitions(takeNewest(toRanges(set), most))).toEqual(
        most === 0 ? [] : set.slice(-Math.min(most, 7)),
      )
})

test("joinRanges gives the fewest ranges for every order and overlap", () => {
  expect(
    joinRanges([
      { from: 4, to: 5 },
      { from: 1, to: 2 },
      { from: 9, to: 9 },
      { from: 3, to: 4 },
    ]),
  ).toEqual([
    { from: 1, to: 5 },
    { from: 9, to: 9 },
  ])
  for (let bits = 0; bits < 128; bits += 1) {
    const set = Array.from({ length: 7 }, (_, at) => at).filter((at) => (bits >> at) & 1)
    const ranges = joinRanges(set.map((at) => ({ from: at, to: at })))
    expect([...listPartitions(ranges)]).toEqual(set)
  }
})
