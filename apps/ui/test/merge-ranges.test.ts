import { expect, test } from "vitest"

import type { StateRange } from "../client/api/documents.ts"
import { mergeRanges } from "../client/pages/asset/merge-ranges.ts"

const ranges = Array.from({ length: 100_000 }, (_, at): StateRange => {
  const key = String(at)
  return { from: key, to: key, count: 1, state: at % 2 === 0 ? "fresh" : "missing" }
})

test("ranges that fit are as they are", () => {
  const few = ranges.slice(0, 150)
  expect(mergeRanges(few, 150)).toEqual(few.map((range) => ({ ...range, isMixed: false })))
})

test("a hundred thousand ranges become few, which have all partitions and their worst states", () => {
  const merged = mergeRanges(ranges, 150)
  expect(merged.length).toBeLessThanOrEqual(150)
  expect(merged.reduce((sum, { count }) => sum + count, 0)).toBe(100_000)
  expect(merged[0]).toMatchObject({ from: "0", state: "missing", isMixed: true })
  expect(merged.at(-1)?.to).toBe("99999")
})

test("a long range stays alone beside merged ones", () => {
  const long: StateRange = { from: "a", to: "b", count: 1_000_000, state: "stale" }
  const merged = mergeRanges([...ranges, long], 10)
  expect(merged.map(({ state, count }) => [state, count])).toEqual([
    ["missing", 100_000],
    ["stale", 1_000_000],
  ])
})
