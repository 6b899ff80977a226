import { expect, test } from "vitest"

import { formatCost, formatPlanCost } from "../../src/render/cost.ts"

const style = { color: false, unicode: true, columns: undefined }
const cost = { rows: 1_200_000, bytes: 38_000_000, ms: 40_000, ms_p90: 45_000 }

test.each([
  [cost, "≈ 1.2 M rows, 38.0 MB, 40 s"],
  [{ ...cost, ms_p90: 90_000 }, "≈ 1.2 M rows, 38.0 MB, 40 s (p90 1 min 30 s)"],
  [{ rows: 1, bytes: 350, ms: 8, ms_p90: 80 }, "≈ 1 row, 350 bytes, 0.01 s"],
  [{ rows: 9_120, bytes: 1_000, ms: 900, ms_p90: 1_000 }, "≈ 9,120 rows, 1.0 kB, 0.9 s"],
  [{ rows: 812_440, bytes: 1_000, ms: 0, ms_p90: 0 }, "≈ 812 k rows, 1.0 kB, 0.00 s"],
  [{ rows: 2e9, bytes: 3e12, ms: 9e7, ms_p90: 9e7 }, "≈ 2,000 M rows, 3.0 TB, 25 h"],
  [null, "no history"],
])("%o is printed as %s", (predicted, text) => {
  expect(formatCost(predicted, style)).toBe(text)
})

test("the cost of a plan says for how many computations there is no history", () => {
  expect(formatPlanCost({ predicted: cost, without_history: ["b"] }, style)).toBe(
    "≈ 1.2 M rows, 38.0 MB, 40 s of work; 1 more computation without history",
  )
  expect(formatPlanCost({ predicted: null, without_history: ["b"] }, style)).toBe(
    "no history to predict the cost",
  )
  expect(formatPlanCost({ predicted: null, without_history: [] }, style)).toBeUndefined()
})
