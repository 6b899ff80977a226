import fc from "fast-check"
import { describe, expect, test } from "vitest"

import {
  daily,
  findDay,
  hourly,
  monthly,
  nests,
  partitionBounds,
  spanned,
} from "../../src/index.ts"
import { staticKeys, unpartitioned, weekly } from "../../src/index.ts"
import type { Partitions } from "../../src/index.ts"

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
  ])("%o and %o nest, whichever reads", (a, b) => {
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
  ])("%o and %o do not nest, whichever reads", (a, b) => {
    expect([nests(a, b), nests(b, a)]).toEqual([false, false])
  })
})

describe("spanned", () => {
  const zones = ["UTC", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Tehran"]
  const zone = fc.constantFrom(...zones)
  const span = fc.record({
    years: fc.double({ min: 40, max: 71, noNaN: true }),
    length: fc.nat(3),
  })
  const grain = fc.constantFrom("hour", "day", "week", "month")
  const hoursIn = { hour: 1, day: 24, week: 168, month: 731 }

  test("of finer partitions it has exactly those inside, of coarser ones those around", () => {
    fc.assert(
      fc.property(zone, grain, grain, span, (zone, here, there, { years, length }) => {
        const [outer, within] = [timed(zone)[here], timed(zone)[there]]
        const from = Math.floor((years * 365.25 * 24) / hoursIn[here])
        const range = { from, to: from + length }
        const { from: first, to: last } = spanned(outer, within, range)
        const startMs = partitionBounds(outer, range.from).startMs
        const endMs = partitionBounds(outer, range.to).endMs
        const meets = (index: number) => {
          const bounds = partitionBounds(within, index)
          return bounds.startMs < endMs && bounds.endMs > startMs
        }
        expect([first - 1, first, last, last + 1].map(meets)).toEqual([false, true, true, false])
        expect(first).toBeLessThanOrEqual(last)
      }),
      { numRuns: 2000 },
    )
  })

  test("a day that a zone skips has no hours and lies in its week and month", () => {
    const apia = timed("Pacific/Apia")
    const skipped = Date.UTC(2011, 11, 30) / 86_400_000
    const range = { from: skipped, to: skipped }
    const none = spanned(apia.day, apia.hour, range)
    expect(none.to).toBe(none.from - 1)
    expect(spanned(apia.day, apia.month, range)).toEqual({ from: 503, to: 503 })
    const around = spanned(apia.day, apia.hour, { from: skipped - 1, to: skipped + 1 })
    expect(around.to - around.from + 1).toBe(48)
  })

  test.each([
    ["Asia/Kathmandu", "1986-01-01"],
    ["Australia/Lord_Howe", "1981-03-01"],
    ["Asia/Colombo", "1996-10-26"],
    ["Pacific/Pitcairn", "1998-04-27"],
  ])("an hour through which midnight went in %s on %s is of the day it began on", (zone, date) => {
    const { hour, day } = timed(zone)
    const cut = findDay(date) ?? 0
    const cutHours = spanned(day, hour, { from: cut, to: cut })
    expect(partitionBounds(hour, cutHours.from).startMs).not.toBe(partitionBounds(day, cut).startMs)
    const { from, to } = spanned(day, hour, { from: cut - 1, to: cut + 1 })
    for (let index = from; index <= to; index += 1) {
      const around = spanned(hour, day, { from: index, to: index })
      const inside = spanned(day, hour, around)
      expect(around.from).toBe(around.to)
      expect(inside.from <= index && index <= inside.to).toBe(true)
    }
  })

  test.each(["hour", "day", "week", "month"] as const)("a %s without end stays so", (grain) => {
    const everything = { from: -Infinity, to: Infinity }
    for (const each of [hour, day, week, month])
      expect(spanned(timed("Europe/London")[grain], each, everything)).toEqual(everything)
  })

  test("of the same grain it is the range itself, wherever the definitions start and end", () => {
    expect(
      spanned(day, daily({ start: "2020-01-01", zone: "Europe/London" }), { from: 5, to: 9 }),
    ).toEqual({ from: 5, to: 9 })
  })
})
