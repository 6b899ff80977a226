import {
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatQuantity,
} from "@freshet/core/engine"
import { expect, test } from "vitest"

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [1_209_379, "1,209,379"],
])("the count %d is formatted as %s", (value, text) => {
  expect(formatCount(value)).toBe(text)
})

test("the noun is plural except for one", () => {
  expect([0, 1, 2].map((many) => formatQuantity(many, "day"))).toEqual([
    "0 days",
    "1 day",
    "2 days",
  ])
})

test.each([
  [4, "0.00 s"],
  [94, "0.09 s"],
  [949, "0.9 s"],
  [950, "0.9 s"],
  [9_949, "9.9 s"],
  [9_950, "10 s"],
  [59_499, "59 s"],
  [59_500, "1 min"],
  [185_000, "3 min 5 s"],
  [3_600_000, "1 h"],
  [7_800_000, "2 h 10 min"],
  [314 * 86_400_000, "314 days"],
])("%d ms is formatted as %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test.each([
  [0, "0 bytes"],
  [812, "812 bytes"],
  [999, "999 bytes"],
  [1_200, "1.2 kB"],
  [999_600, "1.0 MB"],
  [139_000, "139 kB"],
  [30_100_000, "30.1 MB"],
  [5e15, "5000 TB"],
])("%d bytes are formatted as %s", (value, text) => {
  expect(formatBytes(value)).toBe(text)
})

test.each([
  [0, "just now"],
  [44_000, "just now"],
  [45_000, "1 min ago"],
  [59 * 60_000, "59 min ago"],
  [3_600_000, "1 h ago"],
  [47 * 3_600_000, "47 h ago"],
  [48 * 3_600_000, "2 days ago"],
])("an instant %d ms ago is formatted as %s", (ms, text) => {
  expect(formatAge(1_000_000_000_000 - ms, 1_000_000_000_000)).toBe(text)
})
