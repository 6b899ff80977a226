import { expect, test } from "vitest"

import { formatAge, formatShortTime, formatTime, splitNames } from "../client/format.ts"

const at = "2026-01-05T10:00:00.000Z"

test.each([
  [0, "just now"],
  [7_000, "7 s ago"],
  [59_400, "59 s ago"],
  [107_000, "2 min ago"],
  [5 * 3_600_000, "5 h ago"],
  [3 * 86_400_000, "3 days ago"],
])("an age of %d ms is %s", (ms, text) => {
  expect(formatAge(at, Date.parse(at) + ms)).toBe(text)
})

test("a time of another day has its day", () => {
  expect(formatTime(at, "2026-01-05T23:00:00.000Z")).toBe("10:00:00Z")
  expect(formatTime(at, "2026-01-06T00:00:00.000Z")).toBe("2026-01-05T10:00:00Z")
  expect(formatShortTime(at, "2026-01-05T23:00:00.000Z")).toBe("10:00")
  expect(formatShortTime(at, "2026-01-06T00:00:00.000Z")).toBe("2026-01-05")
})

test("names beyond a limit are counted, never a single one", () => {
  expect(splitNames(["a", "b", "c"], 2)).toEqual({ names: ["a", "b", "c"], more: 0 })
  expect(splitNames(["a", "b", "c", "d"], 2)).toEqual({ names: ["a", "b"], more: 2 })
})
