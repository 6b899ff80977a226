import { describe, expect, test } from "vitest"

import { findNextTick, listCronTicks } from "../../src/engine.ts"
import { schedule } from "../../src/index.ts"
import { listDailyInstants, zones } from "./local-time.ts"

function listTicks(cron: string, zone: string, from: string, until: string): readonly string[] {
  const ticks = listCronTicks(schedule(cron, { zone }), {
    afterMs: Date.parse(from),
    untilMs: Date.parse(until),
    limit: Infinity,
  })
  return ticks.map((tickMs) => new Date(tickMs).toISOString().slice(0, 16))
}

describe("clocks that change", () => {
  test("a time that clocks skip runs at the next time that exists", () => {
    const ticks = listTicks(
      "30 2 * * *",
      "America/New_York",
      "2026-03-07T12:00Z",
      "2026-03-09T12:00Z",
    )
    expect(ticks).toEqual(["2026-03-08T07:00", "2026-03-09T06:30"])
  })

  test("a time that clocks repeat runs once", () => {
    const ticks = listTicks(
      "30 1 * * *",
      "America/New_York",
      "2026-10-31T12:00Z",
      "2026-11-02T12:00Z",
    )
    expect(ticks).toEqual(["2026-11-01T05:30", "2026-11-02T06:30"])
  })

  test("a list of hours runs once where clocks repeat one of them", () => {
    const ticks = listTicks(
      "30 1,12 * * *",
      "America/New_York",
      "2026-11-01T00:00Z",
      "2026-11-02T00:00Z",
    )
    expect(ticks).toEqual(["2026-11-01T05:30", "2026-11-01T17:30"])
  })

  test("a wildcard of hours runs in both repeated hours", () => {
    const ticks = listTicks(
      "30 * * * *",
      "America/New_York",
      "2026-11-01T05:00Z",
      "2026-11-01T08:00Z",
    )
    expect(ticks).toEqual(["2026-11-01T05:30", "2026-11-01T06:30", "2026-11-01T07:30"])
  })

  test("a day that a zone skips has no tick", () => {
    const ticks = listTicks("0 6 * * *", "Pacific/Apia", "2011-12-28T20:00Z", "2011-12-31T20:00Z")
    expect(ticks).toEqual(["2011-12-29T16:00", "2011-12-30T16:00", "2011-12-31T16:00"])
  })

  test.each(zones)("%s: each day of 2010 to 2012 has one tick", (zone) => {
    const years = { from: 2010, to: 2012 }
    for (const minutes of [0, 90, 150]) {
      const expected = listDailyInstants(zone, minutes, years)
      expect(listDailyTicks(zone, minutes, expected)).toEqual(expected)
    }
  })

  test.each(zones)("%s: the next tick is the same from every instant before it", (zone) => {
    const cron = schedule("30 1 * * *", { zone })
    const instants = listDailyInstants(zone, 90, { from: 2011, to: 2011 })
    for (const [index, tickMs] of instants.entries()) {
      const previousMs = instants[index - 1]
      if (previousMs === undefined) continue
      for (const share of [0, 0.3, 0.6, 0.95])
        expect(findNextTick(cron, previousMs + share * (tickMs - previousMs))).toBe(tickMs)
    }
  })
})

/** Lists the ticks of a daily cron expression in the period of the expected ones. */
function listDailyTicks(zone: string, minutes: number, expected: readonly number[]) {
  const cron = schedule(`${minutes % 60} ${Math.floor(minutes / 60)} * * *`, { zone })
  const [first = 0, last = 0] = [expected[0], expected.at(-1)]
  return listCronTicks(cron, { afterMs: first - 1, untilMs: last, limit: Infinity })
}

describe("schedule", () => {
  test.each([
    ["every day", "is not a cron expression"],
    ["0 6 * *", "is not a cron expression"],
    ["0 0 6 * * *", "is not a cron expression"],
    ["61 6 * * *", "is not a cron expression"],
    ["0 0 30 2 *", "names no time that ever comes"],
  ])("rejects %s", (cron, message) => {
    expect(() => schedule(cron, { zone: "UTC" })).toThrow(message)
  })

  test("rejects an unknown zone", () => {
    expect(() => schedule("0 6 * * *", { zone: "Europe/Nowhere" })).toThrow(
      '"Europe/Nowhere" is not a time zone',
    )
  })

  test("accepts names and the last day of a month", () => {
    expect(listTicks("@daily", "UTC", "2026-01-01T00:00Z", "2026-01-02T12:00Z")).toEqual([
      "2026-01-02T00:00",
    ])
    expect(listTicks("0 6 L * *", "UTC", "2026-01-01T00:00Z", "2026-03-01T00:00Z")).toEqual([
      "2026-01-31T06:00",
      "2026-02-28T06:00",
    ])
  })
})
