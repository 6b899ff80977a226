import { describe, expect, test } from "vitest"

import {
  explainIdleSchedule,
  type IdleReason,
  type ScheduleState,
  type TickFacts,
} from "../../src/engine.ts"
import { type Automation, onArrival, schedule, sql, whenStale } from "../../src/index.ts"
import { buildValidGraph, dailyAsset, source } from "../declarations.ts"

const raw = source("raw")
const graph = buildValidGraph(raw, dailyAsset("a", sql`from ${raw}`))

function at(text: string): number {
  return Date.parse(`2026-01-${text}Z`)
}

const endedTick = {
  tickMs: at("04T06:00"),
  isEnded: true,
  planVersion: undefined,
  lastArrival: 0,
}

function explain(
  automation: Automation,
  state: Partial<ScheduleState> = {},
  facts: Partial<TickFacts> = {},
): IdleReason {
  return explainIdleSchedule(
    { name: "a", automation, assets: ["a"] },
    { sinceMs: at("01T00:00"), isPaused: false, newestTick: endedTick, ...state },
    { graph, nowMs: at("05T05:00"), arrivals: [], planVersion: undefined, ...facts },
  )
}

const daily = schedule("0 6 * * *", { zone: "UTC" })

describe("a schedule that runs nothing", () => {
  test("is paused in any other state", () => {
    expect(explain(daily, { isPaused: true }, { nowMs: at("09T00:00") })).toMatchObject({
      kind: "paused",
      hint: "`freshet schedule resume a` resumes it.",
    })
  })

  test("has an open tick", () => {
    const newestTick = { ...endedTick, isEnded: false }
    expect(explain(daily, { newestTick })).toMatchObject({
      kind: "open",
      message: "Its tick at 2026-01-04T06:00:00Z has not ended.",
    })
  })

  test("has its next instant in the future", () => {
    expect(explain(daily)).toEqual({
      kind: "next_instant",
      message: "Its next instant is 2026-01-05T06:00:00Z.",
    })
  })

  test("has a due instant that no scheduler records, after a minute", () => {
    const justDue = { nowMs: at("05T06:00:30") }
    expect(explain(daily, {}, justDue).kind).toBe("next_instant")
    expect(explain(daily, {}, { nowMs: at("05T06:02") })).toMatchObject({
      kind: "due",
      message: "A tick is due since 2026-01-05T06:00:00Z, and no scheduler has recorded it.",
    })
  })

  test("is not due by earlier instants that a newer one replaces", () => {
    const hourly = schedule("0 * * * *", { zone: "UTC" })
    expect(explain(hourly, {}, { nowMs: at("05T09:00:30") })).toEqual({
      kind: "next_instant",
      message: "Its next instant is 2026-01-05T10:00:00Z.",
    })
  })

  test("missed an instant that its declaration does not catch up", () => {
    const automation = schedule("0 6 * * *", { zone: "UTC", catchUp: "none" })
    expect(explain(automation, {}, { nowMs: at("05T09:00") })).toMatchObject({
      kind: "missed",
      message:
        "Its instant at 2026-01-05T06:00:00Z passed while no scheduler ran, and its catch-up is `none`.",
    })
  })

  test("waits for files, or has files that no scheduler records", () => {
    const arrivals = [{ id: 7, source: "raw", partition: "2026-01-04" }]
    expect(explain(onArrival()).kind).toBe("no_arrival")
    expect(explain(onArrival(), {}, { arrivals }).kind).toBe("due")
    const otherArrivals = [{ id: 7, source: "other", partition: "2026-01-04" }]
    expect(explain(onArrival(), {}, { arrivals: otherArrivals }).kind).toBe("no_arrival")
  })

  test("has nothing to do, or a plan that it tried before", () => {
    const newestTick = { ...endedTick, planVersion: "p1" }
    expect(explain(whenStale()).kind).toBe("nothing_to_do")
    expect(explain(whenStale(), { newestTick }, { planVersion: "p1" }).kind).toBe("tried")
    expect(explain(whenStale(), { newestTick }, { planVersion: "p2" }).kind).toBe("due")
  })
})
