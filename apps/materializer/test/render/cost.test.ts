import { estimateCost, sumCosts } from "@freshet/services"
import { expect, test } from "vitest"

import { formatCost, formatPlanCost } from "../../src/render/cost.ts"

const style = { color: false, unicode: true, columns: undefined }
const cost = { rows: 1_200_000, bytes: 38_000_000, ms: 40_000, msP90: 45_000 }

test.each([
  [cost, "≈ 1.2 M rows, 38.0 MB, 40 s"],
  [{ ...cost, msP90: 90_000 }, "≈ 1.2 M rows, 38.0 MB, 40 s (p90 1 min 30 s)"],
  [{ rows: 1, bytes: 350, ms: 8, msP90: 80 }, "≈ 1 row, 350 bytes, 0.01 s"],
  [{ rows: 9_120, bytes: 1_000, ms: 900, msP90: 1_000 }, "≈ 9,120 rows, 1.0 kB, 0.9 s"],
  [{ rows: 812_440, bytes: 1_000, ms: 0, msP90: 0 }, "≈ 812 k rows, 1.0 kB, 0.00 s"],
  [{ rows: 2e9, bytes: 3e12, ms: 9e7, msP90: 9e7 }, "≈ 2,000 M rows, 3.0 TB, 25 h"],
  [undefined, "no history"],
])("%o is told as %s", (given, text) => {
  expect(formatCost(given, style)).toBe(text)
})

test("partitions cost as many times as much as there are of them", () => {
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

test("a whole is the sum of what is known, and says of how much nothing is", () => {
  const part = (name: string, known: typeof cost | undefined) => ({
    computation: { name },
    cost: known,
  })
  const all = sumCosts([part("a", cost), part("b", undefined), part("a", cost), part("c", cost)])
  expect(all).toEqual({
    estimate: { rows: 3_600_000, bytes: 114_000_000, ms: 120_000, msP90: 135_000 },
    withoutHistory: ["b"],
  })
  expect(formatPlanCost(all, style)).toBe(
    "≈ 3.6 M rows, 114 MB, 2 min of work; 1 more computation has no history",
  )
  expect(formatPlanCost(sumCosts([part("b", undefined)]), style)).toBe(
    "no history yet of what it will take",
  )
  expect(formatPlanCost(sumCosts([]), style)).toBeUndefined()
})
