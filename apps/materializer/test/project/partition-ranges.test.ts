import {
  filterRanges,
  intersectRangeLists,
  joinRanges,
  type PartitionRange,
  subtractRanges,
  takeNewest,
} from "@freshet/core/engine"
import { expect, test } from "vitest"

/** Every set of partitions out of seven, as ranges. */
const sets = Array.from({ length: 128 }, (_, bits) =>
  Array.from({ length: 7 }, (_each, at) => at).filter((at) => (bits >> at) & 1),
)

function rangesOf(partitions: readonly number[]): readonly PartitionRange[] {
  return joinRanges(partitions.map((at) => ({ from: at, to: at })))
}

function partitionsOf(ranges: readonly PartitionRange[]): readonly number[] {
  return ranges.flatMap(({ from, to }) =>
    Array.from({ length: to - from + 1 }, (_, at) => from + at),
  )
}

test("of two lists of ranges are left those in both, and those in one alone", () => {
  for (const left of sets)
    for (const right of sets) {
      const [one, other] = [rangesOf(left), rangesOf(right)]
      const both = left.filter((at) => right.includes(at))
      expect(partitionsOf(intersectRangeLists(one, other))).toEqual(both)
      const alone = left.filter((at) => !right.includes(at))
      expect(partitionsOf(subtractRanges(one, other))).toEqual(alone)
    }
})

test("of some ranges those partitions are found that are meant, and no others are looked at", () => {
  for (const left of sets)
    for (const right of sets) {
      const looked: number[] = []
      const found = filterRanges(rangesOf(left), (at) => looked.push(at) > 0 && right.includes(at))
      expect(found).toEqual(intersectRangeLists(rangesOf(left), rangesOf(right)))
      expect(new Set(looked)).toEqual(new Set(left))
    }
})

test("the newest of some ranges are so many partitions from the end", () => {
  for (const set of sets)
    for (const most of [0, 1, 3, Infinity])
      expect(partitionsOf(takeNewest(rangesOf(set), most))).toEqual(
        most === 0 ? [] : set.slice(-Math.min(most, 7)),
      )
})
