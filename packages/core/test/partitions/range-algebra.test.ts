import { expect, test } from "vitest"

import { joinRanges, listPartitions } from "../../src/engine.ts"

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
