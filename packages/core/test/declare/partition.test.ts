import fc from "fast-check"
import { describe, expect, test } from "vitest"

import { daily, partitionBounds, findDay, findPartition, newestClosed } from "../../src/index.ts"
import { partitionKey, unpartitioned } from "../../src/index.ts"

const MS_PER_HOUR = 3_600_000
const MS_PER_DAY = 24 * MS_PER_HOUR
const first = Date.UTC(2010, 0, 1) / MS_PER_DAY
const last = Date.UTC(2040, 11, 31) / MS_PER_DAY
const utc = daily({ start: "2010-01-01" })

const zones = [
  "UTC",
  "America/New_York",
  "Europe/London",
  "Australia/Lord_Howe",
  "America/Sao_Paulo",
  "Pacific/Apia",
  "Asia/Kathmandu",
  "America/St_Johns",
  "Asia/Beirut",
  "Africa/Casablanca",
  "Pacific/Kiritimati",
  "Pacific/Pago_Pago",
  "America/Havana",
]

describe("keys", () => {
  test("a day's index counts from 1970-01-01", () => {
    expect(["1970-01-01", "1970-01-02", "1969-12-31", "2026-01-05"].map(findDay)).toEqual([
      0, 1, -1, 20458,
    ])
  })

  test("every day of the years 100 to 9999 goes to its key and back", () => {
    fc.assert(
      fc.property(fc.integer({ min: -683_003, max: 2_932_896 }), (index) => {
        expect(findPartition(utc, partitionKey(utc, index))).toBe(index)
      }),
    )
  })

  test("leap days are days, in leap years only", () => {
    expect(["2024-02-29", "2000-02-29"].map(findDay)).not.toContain(undefined)
    expect(["2026-02-29", "2100-02-29", "1900-02-29"].map(findDay)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect((findDay("2024-03-01") ?? 0) - (findDay("2024-02-28") ?? 0)).toBe(2)
  })

  test.each([
    "2026-02-30",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "x",
    "",
    "2026-1-5",
    "2026-01-05 ",
    "2026-01-05T00:00:00Z",
    "20260105",
    "-2026-01-05",
    "all",
  ])("%j is no day", (key) => {
    expect(findDay(key)).toBeUndefined()
    expect(() => daily({ start: key })).toThrow(`"${key}" is not a day: write it as YYYY-MM-DD`)
  })

  test("the one partition of an uncut asset is called all", () => {
    expect(partitionKey(unpartitioned, 0)).toBe("all")
    expect(findPartition(unpartitioned, "all")).toBe(0)
    expect(findPartition(unpartitioned, "2026-01-05")).toBeUndefined()
  })
})

describe("daily", () => {
  test("days are UTC's and have no end unless said otherwise", () => {
    expect(utc).toEqual({ kind: "daily", zone: "UTC", start: first, end: undefined })
    expect(daily({ start: "2026-01-01", end: "2026-01-01", zone: "Asia/Kathmandu" })).toMatchObject(
      { zone: "Asia/Kathmandu", end: findDay("2026-01-01") },
    )
  })

  test("a zone that does not exist is refused", () => {
    expect(() => daily({ start: "2026-01-01", zone: "Europe/Atlantis" })).toThrow(RangeError)
  })

  test("an end before the start is refused", () => {
    expect(() => daily({ start: "2026-01-02", end: "2026-01-01" })).toThrow(
      "partitions that start on 2026-01-02 cannot end on 2026-01-01",
    )
  })
})

const calendars = new Map(
  zones.map((zone) => [zone, new Intl.DateTimeFormat("en-CA", { timeZone: zone })]),
)
const localDate = (zone: string, ms: number): string => calendars.get(zone)?.format(ms) ?? ""

const clocks = new Map(
  zones.map((zone) => [
    zone,
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "short" }),
  ]),
)
const noonThere = (zone: string, day: number) => clocks.get(zone)?.format(day * MS_PER_DAY)

/** The days around every change of a zone's clock from 2010 to 2040, and the first of every month. */
function interestingDays(zone: string): readonly number[] {
  const days = new Set<number>()
  for (let day = first; day <= last; day += 1) {
    if (noonThere(zone, day) !== noonThere(zone, day + 1))
      for (const near of [-1, 0, 1, 2]) days.add(day + near)
    if (new Date(day * MS_PER_DAY).getUTCDate() === 1) days.add(day)
  }
  return [...days].toSorted((a, b) => a - b)
}

describe("partitionBounds", () => {
  test.each(zones)("days tile time in %s from 2010 to 2040, without gap or overlap", (zone) => {
    const partitions = daily({ start: "2010-01-01", zone })
    const wrong: string[] = []
    for (const day of interestingDays(zone)) {
      const key = partitionKey(partitions, day)
      const { startMs, endMs } = partitionBounds(partitions, day)
      const next = partitionBounds(partitions, day + 1)
      const tiles = endMs === next.startMs && startMs <= endMs
      const begins = localDate(zone, startMs) >= key && localDate(zone, startMs - 1) < key
      const isWhole = startMs === endMs || localDate(zone, (startMs + endMs) / 2) === key
      const lasts = endMs - startMs <= 25 * MS_PER_HOUR
      if (!tiles || !begins || !isWhole || !lasts) wrong.push(`${key} ${startMs} ${endMs}`)
    }
    expect(wrong).toEqual([])
  })

  test.each([
    ["UTC", "2026-01-05", "2026-01-05T00:00:00Z", 24],
    ["America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", 23],
    ["America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", 25],
    ["Europe/London", "2026-03-29", "2026-03-29T00:00:00Z", 23],
    ["Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", 24.5],
    ["Asia/Kathmandu", "2026-01-05", "2026-01-04T18:15:00Z", 24],
    ["America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23],
    ["Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", 24],
    ["Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0],
    ["Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 24],
    ["America/St_Johns", "2010-11-06", "2010-11-06T02:30:00Z", 24],
    ["America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z", 25],
  ])("in %s the day %s begins at %s and lasts %s hours", (zone, key, start, hours) => {
    const { startMs, endMs } = partitionBounds(daily({ start: key, zone }), findDay(key) ?? 0)
    expect(new Date(startMs).toISOString()).toBe(start.replace("Z", ".000Z"))
    expect((endMs - startMs) / MS_PER_HOUR).toBe(hours)
  })
})

describe("newestClosed", () => {
  test.each(zones)("in %s a day is over from the instant at which the next one begins", (zone) => {
    const partitions = daily({ start: "2010-01-01", zone })
    for (const key of ["2011-03-27", "2012-01-01", "2026-03-08", "2026-11-01", "2040-12-31"]) {
      const day = findDay(key) ?? 0
      const { endMs } = partitionBounds(partitions, day)
      expect(newestClosed(partitions, endMs)).toBe(day)
      expect(newestClosed(partitions, endMs - 1)).toBe(day - 1)
    }
  })

  test("a day that a zone skips is over when the day before it is", () => {
    const apia = daily({ start: "2011-01-01", zone: "Pacific/Apia" })
    const midnight = Date.UTC(2011, 11, 30, 10)
    expect(partitionKey(apia, newestClosed(apia, midnight))).toBe("2011-12-30")
    expect(partitionKey(apia, newestClosed(apia, midnight - 1))).toBe("2011-12-28")
  })
})
