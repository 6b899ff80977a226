import { expect, test } from "vitest"

import { mergeRanges, listPartitions } from "../../src/index.ts"

test("partitions become as few ranges as possible, whatever their order and overlap", () => {
  expect(
    mergeRanges([
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
    const ranges = mergeRanges(set.map((at) => ({ from: at, to: at })))
    expect([...listPartitions(ranges)]).toEqual(set)
  }
})
