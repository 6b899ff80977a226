import fc from "fast-check"
import { describe, expect, test } from "vitest"

import { formatPartition } from "../../src/declare/partition.ts"
import {
  findPartition,
  formatPartitionKey,
  getNewestClosed,
  parseDay,
  toTimeInterval,
} from "../../src/engine.ts"
import { daily, hourly, monthly, staticKeys, unpartitioned, weekly } from "../../src/index.ts"

const MS_PER_HOUR = 3_600_000
const MS_PER_DAY = 24 * MS_PER_HOUR
const first = Date.UTC(2010, 0, 1) / MS_PER_DAY
const utc = daily({ start: "2010-01-01" })
const hours = hourly({ start: "2010-01-01T00" })
const weeks = weekly({ start: "2010-W01" })
const months = monthly({ start: "2010-01" })

describe("keys", () => {
  test("a day's index counts from 1970-01-01", () => {
    expect(["1970-01-01", "1970-01-02", "1969-12-31", "2026-01-05"].map(parseDay)).toEqual([
      0, 1, -1, 20458,
    ])
  })

  test("the key of every day of the years 100 to 9999 parses to its index", () => {
    fc.assert(
      fc.property(fc.integer({ min: -683_003, max: 2_932_896 }), (index) => {
        expect(findPartition(utc, formatPartitionKey(utc, index))).toBe(index)
      }),
    )
  })

  test("February 29 exists in leap years only", () => {
    expect(["2024-02-29", "2000-02-29"].map(parseDay)).not.toContain(undefined)
    expect(["2026-02-29", "2100-02-29", "1900-02-29"].map(parseDay)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect((parseDay("2024-03-01") ?? 0) - (parseDay("2024-02-28") ?? 0)).toBe(2)
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
  ])("%j is not a day", (key) => {
    expect(parseDay(key)).toBeUndefined()
    expect(() => daily({ start: key })).toThrow(`"${key}" is not a day: write it as YYYY-MM-DD`)
  })

  test.each([
    ["1969-W52", -1],
    ["1970-W01", 0],
    ["2009-W53", 2087],
    ["2010-W01", 2088],
    ["2020-W53", 2661],
    ["2021-W01", 2662],
    ["2026-W01", 2922],
  ])("the week %s has the index %i", (key, index) => {
    expect(findPartition(weeks, key)).toBe(index)
    expect(formatPartitionKey(weeks, index)).toBe(key)
  })

  test.each([
    ["1969-12", -1],
    ["1970-01", 0],
    ["2000-02", 361],
    ["2026-12", 683],
  ])("the month %s has the index %i", (key, index) => {
    expect(findPartition(months, key)).toBe(index)
    expect(formatPartitionKey(months, index)).toBe(key)
  })

  test.each([
    ["1970-01-01T00", 0],
    ["1969-12-31T23", -1],
    ["2026-01-05T10", 491_002],
  ])("in UTC the hour %s has the index %i", (key, index) => {
    expect(findPartition(hours, key)).toBe(index)
    expect(formatPartitionKey(hours, index)).toBe(key)
  })

  test.each([
    "2026-01-05",
    "2026-01-05T24",
    "2026-01-05T1",
    "2026-01-05T10:00",
    "2026-01-05T1000",
    "2026-01-05T10Z",
    "2026-01-05T10+0000",
    "2026-02-29T10",
    "2026-01-05 10",
    "",
  ])("%j is not an hour", (key) => {
    expect(findPartition(hours, key)).toBeUndefined()
  })

  test("an hour that the clock skips has no key, and the two hours that it shows twice have different keys", () => {
    const london = hourly({ start: "2026-01-01T00", zone: "Europe/London" })
    expect(findPartition(london, "2026-03-29T01")).toBeUndefined()
    expect(findPartition(london, "2026-10-25T01+0100")).toBeUndefined()
    const indexes = ["2026-10-25T01", "2026-10-25T01+0000"].map((key) => findPartition(london, key))
    expect(indexes[1]).toBe((indexes[0] ?? 0) + 1)
  })

  test.each(["2026-W00", "2026-W54", "2021-W53", "2026-W2", "2026-w02", "2026W02", "2026-01", ""])(
    "%j is not a week",
    (key) => {
      expect(findPartition(weeks, key)).toBeUndefined()
    },
  )

  test.each(["2026-00", "2026-13", "2026-1", "2026", "2026-01-01", "2026-W01", ""])(
    "%j is not a month",
    (key) => {
      expect(findPartition(months, key)).toBeUndefined()
    },
  )

  test("the index of a static key is its place in the list, and other texts are not keys", () => {
    const countries = staticKeys(["de", "fr, south", "us/east", "constructor"])
    expect([0, 1, 2, 3].map((index) => formatPartitionKey(countries, index))).toEqual(
      countries.keys,
    )
    expect(countries.keys.map((key) => findPartition(countries, key))).toEqual([0, 1, 2, 3])
    expect(["DE", "", "toString", "0"].map((key) => findPartition(countries, key))).toEqual(
      Array(4).fill(undefined),
    )
    expect(formatPartitionKey(countries, 4)).toBe("#4")
  })

  test("the key of an unpartitioned asset's partition is all", () => {
    expect(formatPartitionKey(unpartitioned, 0)).toBe("all")
    expect(findPartition(unpartitioned, "all")).toBe(0)
    expect(findPartition(unpartitioned, "2026-01-05")).toBeUndefined()
  })
})

describe("daily", () => {
  test("days are in UTC and have no end by default", () => {
    expect(utc).toEqual({ kind: "daily", zone: "UTC", start: first, end: undefined })
    expect(daily({ start: "2026-01-01", end: "2026-01-01", zone: "Asia/Kathmandu" })).toMatchObject(
      { zone: "Asia/Kathmandu", end: parseDay("2026-01-01") },
    )
  })

  test("an unknown time zone throws", () => {
    expect(() => daily({ start: "2026-01-01", zone: "Europe/Atlantis" })).toThrow(RangeError)
  })

  test("an end before the start throws", () => {
    expect(() => daily({ start: "2026-01-02", end: "2026-01-01" })).toThrow(
      "partitions cannot end at 2026-01-01, before their start 2026-01-02",
    )
  })
})

describe("hourly, weekly and monthly", () => {
  test("start and end are keys of the granularity", () => {
    expect(hourly({ start: "1970-01-02T00", end: "1970-01-02T05" })).toEqual({
      kind: "hourly",
      zone: "UTC",
      start: 24,
      end: 29,
    })
    expect(weekly({ start: "1970-W02", zone: "Asia/Tokyo" })).toEqual({
      kind: "weekly",
      zone: "Asia/Tokyo",
      start: 1,
      end: undefined,
    })
    expect(monthly({ start: "1971-01", end: "1971-01" })).toMatchObject({ start: 12, end: 12 })
  })

  test.each([
    [
      () => hourly({ start: "2026-01-05" }),
      `"2026-01-05" is not an hour: write it as YYYY-MM-DDThh`,
    ],
    [() => weekly({ start: "2026-01-05" }), `"2026-01-05" is not a week: write it as YYYY-Www`],
    [() => monthly({ start: "2026-13" }), `"2026-13" is not a month: write it as YYYY-MM`],
    [
      () => hourly({ start: "2026-03-29T01", zone: "Europe/London" }),
      `"2026-03-29T01" is not an hour of Europe/London: its clocks never show this time`,
    ],
    [
      () => weekly({ start: "2026-W02", zone: "Europe/Atlantis" }),
      `"Europe/Atlantis" is not a time zone: write its IANA name, as in Europe/London`,
    ],
    [
      () => monthly({ start: "2026-02", end: "2026-01" }),
      "partitions cannot end at 2026-01, before their start 2026-02",
    ],
  ])("an invalid start, end or zone throws: %#", (declare, message) => {
    expect(declare).toThrow(new RangeError(message))
  })
})

describe("staticKeys", () => {
  test("a key may have any printable character", () => {
    const keys = ["a,b", "c/d", "..", "ü", "日本", "👍", " ", "%", "x".repeat(1000)]
    expect(staticKeys(keys)).toEqual({ kind: "static", keys })
  })

  test("a later change of the list does not change the keys", () => {
    const keys = ["a", "b"]
    const declared = staticKeys(keys)
    keys.push("c")
    expect(declared.keys).toEqual(["a", "b"])
  })

  test("there are 1 to 100,000 keys", () => {
    const many = Array.from({ length: 100_001 }, (_, index) => `${index}`)
    expect(staticKeys(many.slice(1)).keys).toHaveLength(100_000)
    expect(() => staticKeys(many)).toThrow("static partitions have 1 to 100,000 keys, not 100001")
    expect(() => staticKeys([])).toThrow("static partitions have 1 to 100,000 keys, not 0")
  })

  test.each([
    [[""], "a partition's key cannot be empty"],
    [["a", "b", "a"], `the key "a" is listed twice`],
    [["a\nb"], `the key "a\\nb" has a control character or an unpaired surrogate`],
    [["\u0085"], "has a control character"],
    [["\ud800"], "has a control character or an unpaired surrogate"],
  ])("%j throws", (keys, message) => {
    expect(() => staticKeys(keys)).toThrow(RangeError)
    expect(() => staticKeys(keys)).toThrow(message)
  })
})

describe("formatPartition", () => {
  test.each([
    [hours, "2026-01-05T23", "2026-01-05"],
    [utc, "2026-01-05", "2026-01-05"],
    [weeks, "2026-W01", "2025-12-29"],
    [months, "2026-02", "2026-02-01"],
    [staticKeys(["de", "fr"]), "fr", "1970-01-01"],
    [unpartitioned, "all", "1970-01-01"],
    [hourly({ start: "2026-01-01T00", zone: "Asia/Kolkata" }), "2026-01-05T00", "2026-01-05"],
    [hourly({ start: "2026-01-01T00", zone: "America/New_York" }), "2026-01-05T23", "2026-01-05"],
  ] as const)("for %o the partition %s has the day %s", (partitions, key, day) => {
    expect(formatPartition(partitions, findPartition(partitions, key) ?? NaN).day).toBe(day)
  })
})

describe("toTimeInterval", () => {
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
    const { startMs, endMs } = toTimeInterval(daily({ start: key, zone }), parseDay(key) ?? 0)
    expect(new Date(startMs).toISOString()).toBe(start.replace("Z", ".000Z"))
    expect((endMs - startMs) / MS_PER_HOUR).toBe(hours)
  })
})

describe("getNewestClosed", () => {
  test("a day that a zone skips ends when the day before it ends", () => {
    const apia = daily({ start: "2011-01-01", zone: "Pacific/Apia" })
    const midnight = Date.UTC(2011, 11, 30, 10)
    expect(formatPartitionKey(apia, getNewestClosed(apia, midnight))).toBe("2011-12-30")
    expect(formatPartitionKey(apia, getNewestClosed(apia, midnight - 1))).toBe("2011-12-28")
  })
})
