import { expect, test } from "vitest"

import { estimateCost, sumCosts } from "../../src/plan/cost.ts"

const cost = { rows: 1_200_000, bytes: 38_000_000, ms: 40_000, msP90: 45_000 }

test("the cost of partitions is proportional to their number", () => {
  const spread = (median: number, p90: number) => ({ median, p90 })
  const prediction = {
    steps: 7,
    rows: spread(10, 20),
    bytes: spread(100.4, 200),
    milliseconds: spread(2.5, 8),
  }
  const ranges = [
    { from: 1, to: 3 },
    { from: 7, to: 7 },
  ]
  expect(estimateCost(prediction, ranges)).toEqual({ rows: 40, bytes: 402, ms: 10, msP90: 32 })
  expect(estimateCost(undefined, ranges)).toBeUndefined()
})

test("the cost of a plan is the sum of its parts, and names those without history", () => {
  const part = (name: string, partCost: typeof cost | undefined) => ({
    computation: { name },
    cost: partCost,
  })
  const all = sumCosts([part("a", cost), part("b", undefined), part("a", cost), part("c", cost)])
  expect(all).toEqual({
    estimate: { rows: 3_600_000, bytes: 114_000_000, ms: 120_000, msP90: 135_000 },
    withoutHistory: ["b"],
  })
  expect(sumCosts([part("b", undefined)])).toEqual({
    estimate: undefined,
    withoutHistory: ["b"],
  })
})
