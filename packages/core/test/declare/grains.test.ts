import fc from "fast-check"
import { describe, expect, test } from "vitest"

import { daily, findDay, findPartition, hourly, monthly, newestClosed } from "../../src/index.ts"
import { partitionAt, partitionBounds, partitionKey, spanned, weekly } from "../../src/index.ts"
import type { PartitionRange, Timed } from "../../src/index.ts"
import { clockChanges, dateAt, hourAt, isoWeek, shownAt } from "./wall-clock.ts"

const MS_PER_MINUTE = 60_000
const MS_PER_HOUR = 3_600_000
const first = findDay("2010-01-01") ?? 0
const last = findDay("2040-12-31") ?? 0

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

function grainsOf(zone: string) {
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
  return indexes(spanned(grainsOf(zone).days, partitions, { from: first, to: last }))
}

describe.each(zones)("in %s from 2010 to 2040", (zone) => {
  const { hours, days, weeks, months } = grainsOf(zone)
  const changes = clockChanges(zone)
  const lengthOf = (partitions: Timed, index: number) => {
    const { startMs, endMs } = partitionBounds(partitions, index)
    return endMs - startMs
  }

  test("a day begins when the local date is first shown, and ends where the next begins", () => {
    const wrong = all(zone, days).filter((day) => {
      const key = partitionKey(days, day)
      const { startMs, endMs } = partitionBounds(days, day)
      const begins = shownAt(zone, startMs) >= key && shownAt(zone, startMs - 1) < key
      const ends = endMs === startMs || shownAt(zone, (startMs + endMs) / 2).startsWith(key)
      return !begins || !ends || endMs !== partitionBounds(days, day + 1).startMs
    })
    expect(wrong.map((day) => partitionKey(days, day))).toEqual([])
  })

  test("weeks and months begin with their first day and end with their last", () => {
    const dates = (index: number) => partitionKey(days, index)
    const wrong = [weeks, months].flatMap((partitions) =>
      all(zone, partitions).filter((index) => {
        const { startMs, endMs } = partitionBounds(partitions, index)
        const { from, to } = spanned(partitions, days, { from: index, to: index })
        const isIn = (day: number) =>
          partitionKey(partitions, index) ===
          (partitions === weeks ? isoWeek(dates(day)) : dates(day).slice(0, 7))
        const isWhole = isIn(from) && isIn(to) && !isIn(from - 1) && !isIn(to + 1)
        const starts = partitionBounds(days, from).startMs === startMs
        return !isWhole || !starts || partitionBounds(days, to).endMs !== endMs
      }),
    )
    expect(wrong).toEqual([])
  })

  test("hours tile time, and all are an hour long but those in which clocks change by half of one", () => {
    let end = partitionBounds(hours, (all(zone, hours)[0] ?? 0) - 1).endMs
    const odd: number[] = []
    let gaps = 0
    for (const hour of all(zone, hours)) {
      const { startMs, endMs } = partitionBounds(hours, hour)
      if (startMs !== end) gaps += 1
      end = endMs
      if (endMs - startMs !== MS_PER_HOUR) odd.push(startMs)
    }
    expect(gaps).toBe(0)
    expect(odd).toHaveLength(zone === "Australia/Lord_Howe" ? changes.length : 0)
    for (const startMs of odd)
      expect(changes.some((change) => Math.abs(change - startMs) <= MS_PER_HOUR)).toBe(true)
  })

  test("hours lie inside their day, as many as the day is long", () => {
    const wrong = all(zone, days).filter((day) => {
      const { startMs, endMs } = partitionBounds(days, day)
      const { from, to } = spanned(days, hours, { from: day, to: day })
      if (startMs === endMs) return to !== from - 1
      return (
        partitionBounds(hours, from).startMs !== startMs ||
        partitionBounds(hours, to).endMs !== endMs ||
        Math.abs(to - from + 1 - (endMs - startMs) / MS_PER_HOUR) > 0.5
      )
    })
    expect(wrong.map((day) => partitionKey(days, day))).toEqual([])
  })

  test("the keys of days, weeks and months are unique and lead back", () => {
    for (const partitions of [days, weeks, months]) {
      const every = all(zone, partitions)
      const keys = every.map((index) => partitionKey(partitions, index))
      expect(new Set(keys).size).toBe(keys.length)
      expect(keys.map((key) => findPartition(partitions, key))).toEqual(every)
    }
  })

  test("the keys of hours are unique and lead back wherever clocks change", () => {
    const instants = [...changes, Date.UTC(2010, 0, 1), Date.UTC(2041, 0, 1)]
    for (const day of instants.map((instant) => partitionAt(days, instant))) {
      const range = spanned(days, hours, { from: day - 1, to: day + 1 })
      const keys = indexes(range).map((hour) => partitionKey(hours, hour))
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

  test("an instant lies in the day, week and month of the newest date that the clock has shown", () => {
    fc.assert(
      fc.property(fc.oneof(anyInstant, nearChange), (instant) => {
        const date = dateAt(zone, instant)
        expect(partitionKey(days, partitionAt(days, instant))).toBe(date)
        expect(partitionKey(weeks, partitionAt(weeks, instant))).toBe(isoWeek(date))
        expect(partitionKey(months, partitionAt(months, instant))).toBe(date.slice(0, 7))
        expect(newestClosed(days, instant)).toBe((findDay(date) ?? 0) - 1)
      }),
      { numRuns: 300 },
    )
  })

  test("an instant lies in the hour that the clock has shown last", () => {
    fc.assert(
      fc.property(fc.oneof(anyInstant, nearChange), (instant) => {
        const hour = partitionAt(hours, instant)
        const key = partitionKey(hours, hour)
        const isSecondHalf = lengthOf(hours, hour - 1) < MS_PER_HOUR // Lord Howe: it begins at half past one
        expect(key).toBe(hourAt(zone, instant) + (isSecondHalf ? "30" : ""))
      }),
      { numRuns: 200 },
    )
  })

  test("a partition is over from the instant at which the next one begins", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Timed>(hours, days, weeks, months),
        fc.oneof(anyInstant, nearChange),
        (partitions, instant) => {
          const index = partitionAt(partitions, instant)
          const { startMs, endMs } = partitionBounds(partitions, index)
          expect(startMs <= instant && instant < endMs).toBe(true)
          expect(newestClosed(partitions, endMs - 1)).toBe(index - 1)
          const following = newestClosed(partitions, endMs)
          expect(partitionBounds(partitions, following).endMs).toBe(endMs)
          expect(partitionBounds(partitions, following + 1).endMs).toBeGreaterThan(endMs)
        },
      ),
      { numRuns: 200 },
    )
  })
})

test("every hour of Lord Howe from 2010 to 2040 has a key of its own that leads back", () => {
  const { hours } = grainsOf("Australia/Lord_Howe")
  const keys = new Set<string>()
  let lost = 0
  for (const hour of all("Australia/Lord_Howe", hours)) {
    const key = partitionKey(hours, hour)
    keys.add(key)
    if (findPartition(hours, key) !== hour) lost += 1
  }
  expect(lost).toBe(0)
  expect(keys.size).toBe(all("Australia/Lord_Howe", hours).length)
}, 60_000)

test.each([
  ["America/St_Johns", "2010-11-07T02:29:59.999Z", "2010-11-06", "2010-11-06T23"],
  ["America/St_Johns", "2010-11-07T02:30:30.000Z", "2010-11-07", "2010-11-07T00"],
  ["America/St_Johns", "2010-11-07T03:00:00.000Z", "2010-11-07", "2010-11-07T00"],
  ["America/St_Johns", "2010-11-07T03:30:00.000Z", "2010-11-07", "2010-11-07T00-0330"],
  ["Pacific/Apia", "2011-12-30T09:59:59.999Z", "2011-12-29", "2011-12-29T23"],
  ["Pacific/Apia", "2011-12-30T10:00:00.000Z", "2011-12-31", "2011-12-31T00"],
  ["America/Havana", "2026-11-01T05:00:00.000Z", "2026-11-01", "2026-11-01T00-0500"],
])("in %s the instant %s lies in %s and in %s", (zone, instant, day, hour) => {
  const { hours, days } = grainsOf(zone)
  const ms = Date.parse(instant)
  expect(partitionKey(days, partitionAt(days, ms))).toBe(day)
  expect(partitionKey(hours, partitionAt(hours, ms))).toBe(hour)
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
    const { hours, days } = grainsOf(zone)
    const day = findDay(date) ?? 0
    const found = indexes(spanned(days, hours, { from: day, to: day }))
    expect(found).toHaveLength(count)
    const shown = found.map((hour) => partitionKey(hours, hour)).join(" ")
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
    const { hours } = grainsOf(zone)
    const { startMs, endMs } = partitionBounds(hours, findPartition(hours, key) ?? 0)
    expect(new Date(startMs).toISOString()).toBe(start)
    expect((endMs - startMs) / MS_PER_HOUR).toBe(length)
  })
})
