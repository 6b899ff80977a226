import fc from "fast-check"
import { describe, expect, test } from "vitest"

import {
  convertRange,
  findPartition,
  formatPartitionKey,
  getNewestClosed,
  getPartitionAt,
  parseDay,
  toTimeInterval,
  type PartitionRange,
} from "../../src/engine.ts"
import { daily, hourly, monthly, weekly, type Timed } from "../../src/index.ts"
import {
  listClockChanges,
  formatDateAt,
  formatHourAt,
  formatIsoWeek,
  formatAt,
} from "./wall-clock.ts"

const MS_PER_MINUTE = 60_000
const MS_PER_HOUR = 3_600_000
const first = parseDay("2010-01-01") ?? 0
const last = parseDay("2040-12-31") ?? 0

const zones = [
  "America/New_York",
  "Europe/London",
  "Australia/Lord_Howe",
  "America/Sao_Paulo",
  "Pacific/Apia",
  "Asia/Kathmandu",
  "Asia/Kolkata",
  "America/St_Johns",
  "Africa/Casablanca",
  "Asia/Tehran",
  "Europe/Dublin",
  "Pacific/Auckland",
  "Asia/Beirut",
  "America/Havana",
  "UTC",
]

function buildGranularities(zone: string) {
  return {
    hours: hourly({ start: "2010-01-01T00", zone }),
    days: daily({ start: "2010-01-01", zone }),
    weeks: weekly({ start: "2009-W53", zone }),
    months: monthly({ start: "2010-01", zone }),
  }
}

function indexes({ from, to }: PartitionRange): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

/** The partitions that the days from 2010 to 2040 span. */
function all(zone: string, partitions: Timed): readonly number[] {
  return indexes(convertRange(buildGranularities(zone).days, partitions, { from: first, to: last }))
}

describe.each(zones)("in %s from 2010 to 2040", (zone) => {
  const { hours, days, weeks, months } = buildGranularities(zone)
  const changes = listClockChanges(zone)
  const lengthOf = (partitions: Timed, index: number) => {
    const { startMs, endMs } = toTimeInterval(partitions, index)
    return endMs - startMs
  }

  test("a day begins when the clock first shows its date, and ends where the next day begins", () => {
    const wrong = all(zone, days).filter((day) => {
      const key = formatPartitionKey(days, day)
      const { startMs, endMs } = toTimeInterval(days, day)
      const begins = formatAt(zone, startMs) >= key && formatAt(zone, startMs - 1) < key
      const ends = endMs === startMs || formatAt(zone, (startMs + endMs) / 2).startsWith(key)
      return !begins || !ends || endMs !== toTimeInterval(days, day + 1).startMs
    })
    expect(wrong.map((day) => formatPartitionKey(days, day))).toEqual([])
  })

  test("weeks and months begin with their first day and end with their last day", () => {
    const dates = (index: number) => formatPartitionKey(days, index)
    const wrong = [weeks, months].flatMap((partitions) =>
      all(zone, partitions).filter((index) => {
        const { startMs, endMs } = toTimeInterval(partitions, index)
        const { from, to } = convertRange(partitions, days, { from: index, to: index })
        const isIn = (day: number) =>
          formatPartitionKey(partitions, index) ===
          (partitions === weeks ? formatIsoWeek(dates(day)) : dates(day).slice(0, 7))
        const isWhole = isIn(from) && isIn(to) && !isIn(from - 1) && !isIn(to + 1)
        const starts = toTimeInterval(days, from).startMs === startMs
        return !isWhole || !starts || toTimeInterval(days, to).endMs !== endMs
      }),
    )
    expect(wrong).toEqual([])
  })

  test("hours tile time and are one hour long, except where clocks change by half an hour", () => {
    let end = toTimeInterval(hours, (all(zone, hours)[0] ?? 0) - 1).endMs
    const odd: number[] = []
    let gaps = 0
    for (const hour of all(zone, hours)) {
      const { startMs, endMs } = toTimeInterval(hours, hour)
      if (startMs !== end) gaps += 1
      end = endMs
      if (endMs - startMs !== MS_PER_HOUR) odd.push(startMs)
    }
    expect(gaps).toBe(0)
    expect(odd).toHaveLength(zone === "Australia/Lord_Howe" ? changes.length : 0)
    for (const startMs of odd)
      expect(changes.some((change) => Math.abs(change - startMs) <= MS_PER_HOUR)).toBe(true)
  })

  test("a day has as many hours as it is long", () => {
    const wrong = all(zone, days).filter((day) => {
      const { startMs, endMs } = toTimeInterval(days, day)
      const { from, to } = convertRange(days, hours, { from: day, to: day })
      if (startMs === endMs) return to !== from - 1
      return (
        toTimeInterval(hours, from).startMs !== startMs ||
        toTimeInterval(hours, to).endMs !== endMs ||
        Math.abs(to - from + 1 - (endMs - startMs) / MS_PER_HOUR) > 0.5
      )
    })
    expect(wrong.map((day) => formatPartitionKey(days, day))).toEqual([])
  })

  test("the keys of days, weeks and months are unique and parse to their index", () => {
    for (const partitions of [days, weeks, months]) {
      const every = all(zone, partitions)
      const keys = every.map((index) => formatPartitionKey(partitions, index))
      expect(new Set(keys).size).toBe(keys.length)
      expect(keys.map((key) => findPartition(partitions, key))).toEqual(every)
    }
  })

  test("the keys of hours are unique and parse to their index around every change of clocks", () => {
    const instants = [...changes, Date.UTC(2010, 0, 1), Date.UTC(2041, 0, 1)]
    for (const day of instants.map((instant) => getPartitionAt(days, instant))) {
      const range = convertRange(days, hours, { from: day - 1, to: day + 1 })
      const keys = indexes(range).map((hour) => formatPartitionKey(hours, hour))
      expect(new Set(keys).size).toBe(keys.length)
      expect(keys.map((key) => findPartition(hours, key))).toEqual(indexes(range))
    }
  })

  const anyInstant = fc.integer({ min: Date.UTC(2010, 0, 2), max: Date.UTC(2040, 11, 31) })
  const nearChange = fc
    .tuple(
      fc.constantFrom(...(changes.length > 0 ? changes : [0])),
      fc.integer({ min: -180, max: 180 }),
      fc.constantFrom(-1, 0, 1),
    )
    .map(([change, minutes, ms]) => change + minutes * MS_PER_MINUTE + ms)

  test("an instant lies in the day, week and month of the newest date that the clock showed", () => {
    fc.assert(
      fc.property(fc.oneof(anyInstant, nearChange), (instant) => {
        const date = formatDateAt(zone, instant)
        expect(formatPartitionKey(days, getPartitionAt(days, instant))).toBe(date)
        expect(formatPartitionKey(weeks, getPartitionAt(weeks, instant))).toBe(formatIsoWeek(date))
        expect(formatPartitionKey(months, getPartitionAt(months, instant))).toBe(date.slice(0, 7))
        expect(getNewestClosed(days, instant)).toBe((parseDay(date) ?? 0) - 1)
      }),
      { numRuns: 300 },
    )
  })

  test("an instant lies in the hour that the clock showed last", () => {
    fc.assert(
      fc.property(fc.oneof(anyInstant, nearChange), (instant) => {
        const hour = getPartitionAt(hours, instant)
        const key = formatPartitionKey(hours, hour)
        const isSecondHalf = lengthOf(hours, hour - 1) < MS_PER_HOUR // Lord Howe: it begins at half past one
        expect(key).toBe(formatHourAt(zone, instant) + (isSecondHalf ? "30" : ""))
      }),
      { numRuns: 200 },
    )
  })

  test("a partition ends at the instant at which the next one begins", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Timed>(hours, days, weeks, months),
        fc.oneof(anyInstant, nearChange),
        (partitions, instant) => {
          const index = getPartitionAt(partitions, instant)
          const { startMs, endMs } = toTimeInterval(partitions, index)
          expect(startMs <= instant && instant < endMs).toBe(true)
          expect(getNewestClosed(partitions, endMs - 1)).toBe(index - 1)
          const following = getNewestClosed(partitions, endMs)
          expect(toTimeInterval(partitions, following).endMs).toBe(endMs)
          expect(toTimeInterval(partitions, following + 1).endMs).toBeGreaterThan(endMs)
        },
      ),
      { numRuns: 200 },
    )
  })
})

test("every hour of Lord Howe from 2010 to 2040 has a unique key that parses to its index", () => {
  const { hours } = buildGranularities("Australia/Lord_Howe")
  const keys = new Set<string>()
  let lost = 0
  for (const hour of all("Australia/Lord_Howe", hours)) {
    const key = formatPartitionKey(hours, hour)
    keys.add(key)
    if (findPartition(hours, key) !== hour) lost += 1
  }
  expect(lost).toBe(0)
  expect(keys.size).toBe(all("Australia/Lord_Howe", hours).length)
})

test.each([
  ["America/St_Johns", "2010-11-07T02:29:59.999Z", "2010-11-06", "2010-11-06T23"],
  ["America/St_Johns", "2010-11-07T02:30:30.000Z", "2010-11-07", "2010-11-07T00"],
  ["America/St_Johns", "2010-11-07T03:00:00.000Z", "2010-11-07", "2010-11-07T00"],
  ["America/St_Johns", "2010-11-07T03:30:00.000Z", "2010-11-07", "2010-11-07T00-0330"],
  ["Pacific/Apia", "2011-12-30T09:59:59.999Z", "2011-12-29", "2011-12-29T23"],
  ["Pacific/Apia", "2011-12-30T10:00:00.000Z", "2011-12-31", "2011-12-31T00"],
  ["America/Havana", "2026-11-01T05:00:00.000Z", "2026-11-01", "2026-11-01T00-0500"],
])("in %s the instant %s lies in %s and in %s", (zone, instant, day, hour) => {
  const { hours, days } = buildGranularities(zone)
  const ms = Date.parse(instant)
  expect(formatPartitionKey(days, getPartitionAt(days, ms))).toBe(day)
  expect(formatPartitionKey(hours, getPartitionAt(hours, ms))).toBe(hour)
})

describe("the hours of a day", () => {
  test.each([
    ["America/New_York", "2026-03-08", 23, ["T01", "T03"]],
    ["America/New_York", "2026-11-01", 25, ["T01", "T01-0500", "T02"]],
    ["Europe/London", "2026-10-25", 25, ["T00", "T01", "T01+0000", "T02"]],
    ["Australia/Lord_Howe", "2026-10-04", 23, ["T01", "T03"]],
    ["Australia/Lord_Howe", "2026-04-05", 25, ["T01", "T0130", "T02"]],
    ["Asia/Kathmandu", "2026-01-05", 24, ["T00", "T01"]],
    ["Pacific/Apia", "2011-12-30", 0, []],
    ["America/Sao_Paulo", "2018-11-04", 23, ["T01", "T02"]],
    ["America/Havana", "2026-11-01", 25, ["T00", "T00-0500", "T01"]],
    ["America/St_Johns", "2010-11-07", 25, ["T00", "T00-0330", "T01"]],
    ["UTC", "2026-03-08", 24, ["T00", "T01"]],
  ])("in %s the day %s has %i, among them %j", (zone, date, count, keys) => {
    const { hours, days } = buildGranularities(zone)
    const day = parseDay(date) ?? 0
    const found = indexes(convertRange(days, hours, { from: day, to: day }))
    expect(found).toHaveLength(count)
    const shown = found.map((hour) => formatPartitionKey(hours, hour)).join(" ")
    expect(shown).toContain(keys.map((key) => date + key).join(" "))
  })

  test.each([
    ["Asia/Kolkata", "2026-01-05T10", "2026-01-05T04:30:00.000Z", 1],
    ["Asia/Kathmandu", "2026-01-05T10", "2026-01-05T04:15:00.000Z", 1],
    ["Australia/Lord_Howe", "2026-04-05T01", "2026-04-04T14:00:00.000Z", 0.5],
    ["Australia/Lord_Howe", "2026-04-05T0130", "2026-04-04T14:30:00.000Z", 1],
    ["Australia/Lord_Howe", "2026-10-04T01", "2026-10-03T14:30:00.000Z", 1.5],
    ["Europe/London", "2026-10-25T01+0000", "2026-10-25T01:00:00.000Z", 1],
  ])("in %s the hour %s begins at %s and lasts %d", (zone, key, start, length) => {
    const { hours } = buildGranularities(zone)
    const { startMs, endMs } = toTimeInterval(hours, findPartition(hours, key) ?? 0)
    expect(new Date(startMs).toISOString()).toBe(start)
    expect((endMs - startMs) / MS_PER_HOUR).toBe(length)
  })
})
