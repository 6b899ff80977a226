import { describe, expect, test } from "vitest"

import { parseEventTime } from "../../src/stream/event-time.ts"

describe("the event's own time", () => {
  test.each([
    ["2026-01-05T10:20:30Z", "2026-01-05T10:20:30.000Z"],
    ["2026-01-05T10:20:30.1239-05:00", "2026-01-05T15:20:30.123Z"],
    ["2026-01-05T10:20+0530", "2026-01-05T04:50:00.000Z"],
  ])("is ISO 8601 with an offset: %s", (text, instant) => {
    expect(new Date(parseEventTime(text, "iso") ?? 0).toISOString()).toBe(instant)
  })

  test.each([["2026-01-05T10:20:30"], ["2026-01-05"], ["2026-13-05T10:20:30Z"], [5], [null]])(
    "is undefined for %s as ISO 8601",
    (value) => {
      expect(parseEventTime(value, "iso")).toBeUndefined()
    },
  )

  test("counts milliseconds or seconds since 1970, as a number or as text", () => {
    expect(parseEventTime(1_599_642_762_000, "epoch_ms")).toBe(1_599_642_762_000)
    expect(parseEventTime("1599642762000", "epoch_ms")).toBe(1_599_642_762_000)
    expect(parseEventTime(1_599_642_762.5, "epoch_s")).toBe(1_599_642_762_500)
    expect(parseEventTime("soon", "epoch_s")).toBeUndefined()
    expect(parseEventTime(Number.MAX_SAFE_INTEGER, "epoch_s")).toBeUndefined()
    expect(parseEventTime(true, "epoch_ms")).toBeUndefined()
  })

  test("has the form of Twitter, with its offset", () => {
    const text = "Sun Nov 07 01:30:00 -0400 2021"
    expect(parseEventTime(text, "twitter")).toBe(Date.UTC(2021, 10, 7, 5, 30))
    expect(parseEventTime("Wed Oct 10 20:19:24 +0000 2018", "twitter")).toBe(
      Date.UTC(2018, 9, 10, 20, 19, 24),
    )
    expect(parseEventTime("Wed Okt 10 20:19:24 +0000 2018", "twitter")).toBeUndefined()
    expect(parseEventTime(5, "twitter")).toBeUndefined()
  })
})
