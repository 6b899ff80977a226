import fc from "fast-check"
import { describe, expect, test } from "vitest"

import { convertRange, nests, parseDay, toTimeInterval } from "../../src/engine.ts"
import {
  daily,
  hourly,
  monthly,
  staticKeys,
  unpartitioned,
  weekly,
  type Partitions,
} from "../../src/index.ts"

function timed(zone: string) {
  return {
    hour: hourly({ start: "2010-01-01T00", zone }),
    day: daily({ start: "2012-01-01", end: "2013-01-01", zone }),
    week: weekly({ start: "2010-W01", zone }),
    month: monthly({ start: "2010-01", zone }),
  }
}

const { hour, day, week, month } = timed("Europe/London")
const countries = staticKeys(["de", "fr"])

describe("nests", () => {
  test.each<[Partitions, Partitions]>([
    [hour, hour],
    [hour, day],
    [hour, week],
    [hour, month],
    [day, day],
    [day, week],
    [day, month],
    [week, week],
    [month, month],
    [day, daily({ start: "1999-01-01", zone: "Europe/London" })],
    [countries, countries],
    [countries, staticKeys(["de", "fr"])],
    [unpartitioned, { kind: "none" }],
  ])("%o and %o nest in both directions", (a, b) => {
    expect([nests(a, b), nests(b, a)]).toEqual([true, true])
  })

  test.each<[Partitions, Partitions]>([
    [week, month],
    [day, timed("Europe/Dublin").day],
    [hour, timed("UTC").month],
    [countries, staticKeys(["fr", "de"])],
    [countries, staticKeys(["de", "fr", "us"])],
    [countries, day],
    [countries, unpartitioned],
    [unpartitioned, day],
  ])("%o and %o do not nest in either direction", (a, b) => {
    expect([nests(a, b), nests(b, a)]).toEqual([false, false])
  })
})

describe("convertRange", () => {
  const zones = ["UTC", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Tehran"]
  const zone = fc.constantFrom(...zones)
  const span = fc.record({
    years: fc.double({ min: 40, max: 71, noNaN: true }),
    length: fc.nat(3),
  })
  const granularity = fc.constantFrom("hour", "day", "week", "month")
  const hoursIn = { hour: 1, day: 24, week: 168, month: 731 }

  test("converts to exactly the finer partitions inside and the coarser ones around", () => {
    fc.assert(
      fc.property(
        zone,
        granularity,
        granularity,
        span,
        (zone, oneGranularity, otherGranularity, { years, length }) => {
          const [outer, within] = [timed(zone)[oneGranularity], timed(zone)[otherGranularity]]
          const from = Math.floor((years * 365.25 * 24) / hoursIn[oneGranularity])
          const range = { from, to: from + length }
          const { from: first, to: last } = convertRange(outer, within, range)
          const startMs = toTimeInterval(outer, range.from).startMs
          const endMs = toTimeInterval(outer, range.to).endMs
          const meets = (index: number) => {
            const bounds = toTimeInterval(within, index)
            return bounds.startMs < endMs && bounds.endMs > startMs
          }
          expect([first - 1, first, last, last + 1].map(meets)).toEqual([false, true, true, false])
          expect(first).toBeLessThanOrEqual(last)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test("a day that a zone skips has no hours and belongs to its week and month", () => {
    const apia = timed("Pacific/Apia")
    const skipped = Date.UTC(2011, 11, 30) / 86_400_000
    const range = { from: skipped, to: skipped }
    const noPartitions = convertRange(apia.day, apia.hour, range)
    expect(noPartitions.to).toBe(noPartitions.from - 1)
    expect(convertRange(apia.day, apia.month, range)).toEqual({ from: 503, to: 503 })
    const around = convertRange(apia.day, apia.hour, { from: skipped - 1, to: skipped + 1 })
    expect(around.to - around.from + 1).toBe(48)
  })

  test.each([
    ["Asia/Kathmandu", "1986-01-01"],
    ["Australia/Lord_Howe", "1981-03-01"],
    ["Asia/Colombo", "1996-10-26"],
    ["Pacific/Pitcairn", "1998-04-27"],
  ])("an hour across midnight in %s on %s belongs to the day on which it begins", (zone, date) => {
    const { hour, day } = timed(zone)
    const cut = parseDay(date) ?? 0
    const cutHours = convertRange(day, hour, { from: cut, to: cut })
    expect(toTimeInterval(hour, cutHours.from).startMs).not.toBe(toTimeInterval(day, cut).startMs)
    const { from, to } = convertRange(day, hour, { from: cut - 1, to: cut + 1 })
    for (let index = from; index <= to; index += 1) {
      const around = convertRange(hour, day, { from: index, to: index })
      const inside = convertRange(day, hour, around)
      expect(around.from).toBe(around.to)
      expect(inside.from <= index && index <= inside.to).toBe(true)
    }
  })

  test.each(["hour", "day", "week", "month"] as const)(
    "a range of %s partitions without end remains without end",
    (granularity) => {
      const everything = { from: -Infinity, to: Infinity }
      for (const partitions of [hour, day, week, month])
        expect(convertRange(timed("Europe/London")[granularity], partitions, everything)).toEqual(
          everything,
        )
    },
  )

  test("a range of the same granularity is unchanged for every start and end", () => {
    expect(
      convertRange(day, daily({ start: "2020-01-01", zone: "Europe/London" }), { from: 5, to: 9 }),
    ).toEqual({ from: 5, to: 9 })
  })
})
