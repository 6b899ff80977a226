import { expect, test } from "vitest"

import {
  alignRange,
  chooseBarLength,
  formatRange,
  scaleRange,
  toStockBars,
} from "../client/pages/stocks/stock-bars.ts"

const parseRange = (start: string, end: string) => ({
  startMs: Date.parse(start),
  endMs: Date.parse(end),
})

test.each([
  ["2026-01-05T14:30:00Z", "2026-01-05T14:31:00Z", "2026-01-05 09:30 to 09:31"],
  ["2026-01-06T04:00:00Z", "2026-01-06T05:00:00Z", "2026-01-05 23:00 to 2026-01-06 00:00"],
  ["2026-01-05T05:00:00Z", "2026-01-06T05:00:00Z", "2026-01-05"],
  ["2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", "2026-03-08"],
  ["2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", "2026-11-01"],
  ["2026-01-05T05:00:00Z", "2026-01-08T05:00:00Z", "2026-01-05 to 2026-01-07"],
])("%s to %s is %s in New York", (start, end, text) => {
  expect(formatRange(parseRange(start, end))).toBe(text)
})

test("longer ranges have longer bars", () => {
  const hours = [0.1, 6, 6.1, 24, 25, 14 * 24, 14 * 24 + 1, 24 * 365]
  expect(hours.map((count) => chooseBarLength(count * 3_600_000))).toEqual([
    "minute",
    "minute",
    "five_minutes",
    "five_minutes",
    "hour",
    "hour",
    "day",
    "day",
  ])
})

test("a selected range is extended to whole minutes, so that its minutes are complete", () => {
  expect(alignRange(parseRange("2026-01-05T14:30:59.9Z", "2026-01-05T14:32:00.1Z"))).toEqual(
    parseRange("2026-01-05T14:30:00Z", "2026-01-05T14:33:00Z"),
  )
  const whole = parseRange("2026-01-05T14:30:00Z", "2026-01-05T14:33:00Z")
  expect(alignRange(whole)).toEqual(whole)
})

test("a zoom halves or doubles a range around an instant, down to ten minutes", () => {
  const range = parseRange("2026-01-05T14:00:00Z", "2026-01-05T15:00:00Z")
  const centerMs = Date.parse("2026-01-05T14:15:00Z")
  expect(scaleRange(range, { centerMs, factor: 0.5 })).toEqual(
    parseRange("2026-01-05T14:00:00Z", "2026-01-05T14:30:00Z"),
  )
  expect(scaleRange(range, { centerMs, factor: 2 })).toEqual(
    parseRange("2026-01-05T13:15:00Z", "2026-01-05T15:15:00Z"),
  )
  expect(scaleRange(range, { centerMs, factor: 0.01 })).toEqual(
    parseRange("2026-01-05T14:10:00Z", "2026-01-05T14:20:00Z"),
  )
})

test("a bar without a quote has no price, and one without a tweet has zeros", () => {
  const row = { starts_at: "2026-01-05T14:00:00Z", ends_at: "2026-01-05T15:00:00Z" }
  const rows = [
    { ...row, positive: 1, neutral: 0, negative: 2, price: null },
    { ...row, positive: 0, neutral: 0, negative: 0, price: 170.25 },
  ]
  const document = {
    query: "stock_bars",
    partition: null,
    partitions: [],
    columns: [],
    rows,
    more: false,
  }
  expect(
    toStockBars(document).map(({ positive, negative, price }) => [positive, negative, price]),
  ).toEqual([
    [1, 2, null],
    [0, 0, 170.25],
  ])
})
