import fc from "fast-check"
import { expect, test } from "vitest"

import { findMinimalChange } from "../../../src/duckdb/provenance/minimal-change.ts"

test("the items without which a test is negative are found among random ones", async () => {
  const cases = fc.record({
    count: fc.integer({ min: 1, max: 60 }),
    needed: fc.uniqueArray(fc.nat({ max: 59 }), { minLength: 1, maxLength: 4 }),
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ count, needed }) => {
      const items = Array.from({ length: count }, (_, at) => at)
      const existing = needed.filter((item) => item < count)
      fc.pre(existing.length > 0)
      const minimal = await findMinimalChange(items, async (sets) =>
        sets.map((set) => existing.every((item) => set.has(item))),
      )
      expect(minimal.toSorted((a, b) => a - b)).toEqual(existing.toSorted((a, b) => a - b))
    }),
  )
})

test("nothing is found when all items together are negative", async () => {
  expect(await findMinimalChange([1, 2, 3], async (sets) => sets.map(() => false))).toEqual([])
})
