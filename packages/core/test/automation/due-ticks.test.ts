import fc from "fast-check"
import { describe, expect, test } from "vitest"

import {
  type Arrival,
  listCronTicks,
  listDueTicks,
  listSchedules,
  type Schedule,
  type ScheduleState,
  type TickFacts,
} from "../../src/engine.ts"
import { type Automation, onArrival, schedule, sql, whenStale } from "../../src/index.ts"
import { buildValidGraph, dailyAsset, source } from "../declarations.ts"

const raw = source("raw")
const a = dailyAsset("a", sql`from ${raw}`)
const b = dailyAsset("b", sql`from ${a}`)
const graph = buildValidGraph(raw, source("other"), a, b)

function at(text: string): number {
  return Date.parse(`2026-01-${text}Z`)
}

function createState(state: Partial<ScheduleState> = {}): ScheduleState {
  return { sinceMs: at("01T00:00"), isPaused: false, newestTick: undefined, ...state }
}

function createFacts(facts: Partial<TickFacts>): TickFacts {
  return { graph, nowMs: at("05T06:00"), arrivals: [], planVersion: undefined, ...facts }
}

const endedTick = { isEnded: true, planVersion: undefined, lastArrival: 0 }

function createSchedule(automation: Automation): Schedule {
  return { name: "b", automation, assets: ["b"] }
}

function listDueTimes(
  automation: Automation,
  now: string,
  state: Partial<ScheduleState> = {},
): readonly string[] {
  const facts = createFacts({ nowMs: at(now) })
  return listDueTicks(createSchedule(automation), createState(state), facts).map(({ tickMs }) =>
    new Date(tickMs).toISOString().slice(8, 16),
  )
}

describe("a cron expression", () => {
  const daily = schedule("0 6 * * *", { zone: "UTC" })

  test("is due at its instant and not before", () => {
    const newestTick = { ...endedTick, tickMs: at("04T06:00") }
    expect(listDueTimes(daily, "05T05:59", { newestTick })).toEqual([])
    expect(listDueTimes(daily, "05T06:00", { newestTick })).toEqual(["05T06:00"])
  })

  test("is not due for instants before its first appearance", () => {
    expect(listDueTimes(daily, "05T09:00", { sinceMs: at("05T08:00") })).toEqual([])
  })

  test("is not due while it is paused, nor later for the instants of the pause", () => {
    expect(listDueTimes(daily, "05T09:00", { isPaused: true })).toEqual([])
    expect(listDueTimes(daily, "05T09:00", { sinceMs: at("05T08:59") })).toEqual([])
  })

  test.each([
    ["latest", ["04T06:00"]],
    ["all", ["02T06:00", "03T06:00", "04T06:00"]],
    ["none", []],
  ] as const)("catches up missed ticks: %s", (catchUp, expected) => {
    const newestTick = { ...endedTick, tickMs: at("01T06:00") }
    const automation = schedule("0 6 * * *", { zone: "UTC", catchUp })
    expect(listDueTimes(automation, "05T05:00", { newestTick })).toEqual(expected)
  })

  test("without catching up is due if it is noticed within five minutes", () => {
    const automation = schedule("0 6 * * *", { zone: "UTC", catchUp: "none" })
    expect(listDueTimes(automation, "05T06:04")).toEqual(["05T06:00"])
    expect(listDueTimes(automation, "05T06:06")).toEqual([])
  })

  test("has no due tick when the clock goes back behind the newest tick", () => {
    const newestTick = { ...endedTick, tickMs: at("05T06:00") }
    expect(listDueTimes(daily, "05T04:00", { newestTick })).toEqual([])
    expect(listDueTimes(daily, "05T06:00", { newestTick })).toEqual([])
  })

  test("has each tick exactly once for looks at any instants", () => {
    const automation = schedule("*/20 * * * *", { zone: "Europe/London", catchUp: "all" })
    const [sinceMs, untilMs] = [Date.parse("2026-10-24T12:00Z"), Date.parse("2026-10-26T12:00Z")]
    const looks = fc.array(fc.integer({ min: sinceMs, max: untilMs }), { maxLength: 30 })
    fc.assert(
      fc.property(looks, (instants) => {
        const ticks: number[] = []
        for (const nowMs of [...instants, untilMs]) {
          const tickMs = ticks.at(-1)
          const newestTick = tickMs === undefined ? undefined : { ...endedTick, tickMs }
          const state = createState({ sinceMs, newestTick })
          const due = listDueTicks(createSchedule(automation), state, createFacts({ nowMs }))
          ticks.push(...due.map((tick) => tick.tickMs))
        }
        expect(ticks).toEqual(
          listCronTicks(automation, { afterMs: sinceMs, untilMs, limit: Infinity }),
        )
      }),
    )
  })
})

describe("an arrival", () => {
  const arrival = (id: number, partition: string, sourceName = "raw"): Arrival => ({
    id,
    source: sourceName,
    partition,
  })
  const list = (state: Partial<ScheduleState>, arrivals: readonly Arrival[]) =>
    listDueTicks(createSchedule(onArrival()), createState(state), createFacts({ arrivals }))
  const newestTick = { ...endedTick, tickMs: at("04T06:00"), lastArrival: 1 }

  test("of a source upstream is due, with its partitions", () => {
    const arrivals = [arrival(2, "2026-01-04"), arrival(3, "2026-01-02"), arrival(4, "2026-01-04")]
    expect(list({ newestTick }, arrivals)).toEqual([
      {
        schedule: "b",
        tickMs: at("05T06:00"),
        lastArrival: 4,
        arrived: { raw: ["2026-01-04", "2026-01-02"] },
      },
    ])
  })

  test("names no partitions in the first tick, which materializes the newest ones", () => {
    expect(list({}, [arrival(1, "2026-01-04")])).toEqual([
      { schedule: "b", tickMs: at("05T06:00"), lastArrival: 1 },
    ])
  })

  test("of another source is not due", () => {
    expect(list({ newestTick }, [arrival(2, "2026-01-04", "other")])).toEqual([])
  })

  test("is due after the newest tick has ended", () => {
    const running = { ...newestTick, isEnded: false }
    expect(list({ newestTick: running }, [arrival(2, "2026-01-04")])).toEqual([])
  })
})

describe("a stale partition", () => {
  const list = (planVersion: string | undefined, state: Partial<ScheduleState> = {}) =>
    listDueTicks(createSchedule(whenStale()), createState(state), createFacts({ planVersion }))
  const newestTick = { ...endedTick, tickMs: at("04T06:00"), planVersion: "p1" }

  test("is due while a plan has steps", () => {
    expect(list("p1")).toEqual([{ schedule: "b", tickMs: at("05T06:00"), planVersion: "p1" }])
    expect(list(undefined)).toEqual([])
  })

  test("is not due again with the plan of a tick that failed or was cancelled", () => {
    expect(list("p1", { newestTick })).toEqual([])
    expect(list("p2", { newestTick })).toHaveLength(1)
  })
})

describe("listSchedules", () => {
  const hourly = schedule("@hourly", { zone: "UTC" })
  const c = { ...dailyAsset("c", sql`from ${a}`), automation: hourly }

  test("lists one schedule per group, and one per asset with an automation of its own", () => {
    const declared = buildValidGraph(raw, a, b, c)
    expect(listSchedules(declared, { g: onArrival(), empty: whenStale() })).toEqual([
      { name: "group:g", automation: onArrival(), assets: ["a", "b"] },
      { name: "c", automation: hourly, assets: ["c"] },
    ])
  })
})
