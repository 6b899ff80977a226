import { expect, test } from "vitest"

import { parseDuration, parsePercentage } from "../../src/terminal/flags.ts"

test.each([
  ["1%", 1],
  ["0.5", 0.5],
  ["100 %", 100],
])("%s is a percentage", (text, share) => {
  expect(parsePercentage(text)).toBe(share)
})

test.each(["0", "0%", "101%", "-1", "a", "", "1e1"])("%s is not a percentage", (text) => {
  expect(() => parsePercentage(text)).toThrow("is not a percentage above 0% and up to 100%")
})

test.each([
  ["7d", 604_800_000],
  ["12h", 43_200_000],
  ["30 m", 1_800_000],
  ["2w", 1_209_600_000],
  ["0", 0],
])("%s is a duration", (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(["7", "d", "1y", "-1d", "1.5d", ""])("%s is not a duration", (text) => {
  expect(() => parseDuration(text)).toThrow("is not a duration such as 7d, 12h or 30m")
})
