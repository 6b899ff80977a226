import { describe, expect, test } from "vitest"

import { FreshetError, isUnfit, publicationSets, publishTo, sql, unique } from "../../src/index.ts"
import type { CheckResult, Graph, PlanRequest } from "../../src/index.ts"
import { afterDay, dailyAsset, day, graphOf, source } from "../declared.ts"
import {
  type MemoryWorld,
  evaluateIn,
  everything,
  land,
  memoryWorld,
  run,
} from "../memory-world.ts"

const raw = source("raw")
const tables = [{ $inferInsert: {} }, { $inferInsert: {} }, { $inferInsert: {} }] as const

function graphWith(checks: Parameters<typeof dailyAsset>[2] = {}, query = sql`from ${raw}`): Graph {
  const recs = dailyAsset("recs", query, {
    publish: publishTo(tables[0], { set: "recs" }),
    ...checks,
  })
  const reasons = dailyAsset("reasons", sql`from ${recs}`, {
    publish: publishTo(tables[1], { set: "recs" }),
  })
  const rooms = dailyAsset("rooms", sql`from ${raw}`, {
    publish: publishTo(tables[2], { set: "rooms" }),
  })
  return graphOf(raw, recs, reasons, rooms)
}

const graph = graphWith()

function worldWith(days: readonly number[]): MemoryWorld {
  const world = memoryWorld(afterDay(20))
  for (const each of days) land(world, "raw", day(each), `r${each}`)
  return world
}

const only =
  (name: string, from: number, to = from, publish = true) =>
  (): PlanRequest => ({ targets: new Map([[name, [{ from: day(from), to: day(to) }]]]), publish })

/** What readers see: set, day, and the rows of each table. */
const shown = (world: MemoryWorld) =>
  world.publications.map(({ set, partitionKey, tables }) =>
    [set, partitionKey, ...tables.map(({ file }) => world.files.get(file))].join(" "),
  )

const fails = (asset: string): CheckResult => ({
  asset,
  name: "c",
  severity: "error",
  passed: false,
  failures: 1,
  sample: [],
})

test("the tables of a set are those that name it", () => {
  const sets = [...publicationSets(graph)].map(([set, assets]) => [
    set,
    assets.map(({ name }) => name),
  ])
  expect(sets).toEqual([
    ["recs", ["recs", "reasons"]],
    ["rooms", ["rooms"]],
  ])
})

describe("a set", () => {
  test("is published once, in its newest partition only, all tables together", async () => {
    const world = worldWith([1, 2, 3])
    await run(world, graph)
    expect(shown(world)).toEqual([
      "recs 2026-01-03 recs(r3) reasons(recs(r3))",
      "rooms 2026-01-03 rooms(r3)",
    ])
    await run(world, graph)
    expect(world.publications).toHaveLength(2)
  })

  test("is published again when its newest partition came out different", async () => {
    const world = worldWith([1, 2])
    await run(world, graph)
    land(world, "raw", day(2), "corrected")
    await run(world, graph)
    expect(shown(world).slice(2)).toEqual([
      "recs 2026-01-02 recs(corrected) reasons(recs(corrected))",
      "rooms 2026-01-02 rooms(corrected)",
    ])
  })

  test("shows what a reverted edit brings back, without a step", async () => {
    const world = worldWith([1])
    await run(world, graph)
    land(world, "raw", day(1), "corrected")
    await run(world, graph)
    land(world, "raw", day(1), "r1")
    const { planned } = await run(world, graph)
    expect(planned).toEqual([])
    expect(shown(world).slice(4)).toEqual([
      "recs 2026-01-01 recs(r1) reasons(recs(r1))",
      "rooms 2026-01-01 rooms(r1)",
    ])
  })

  test("is not published again when its rows came out the same", async () => {
    const world = worldWith([1, 2])
    world.behaviour.rows = (_, asset) => asset
    await run(world, graph)
    land(world, "raw", day(2), "corrected")
    const { publications } = await run(world, graph)
    expect(publications).toEqual([])
  })

  test("never goes back: a backfilled past partition changes nothing that readers see", async () => {
    const world = worldWith([1, 2, 3])
    await run(world, graph)
    land(world, "raw", day(1), "corrected")
    const { plan, steps } = await run(world, graph, only("reasons", 1))
    expect(steps.size).toBe(2)
    expect(plan.publications).toEqual([])
    expect(world.publications).toHaveLength(2)
  })

  test("never goes back, not even when the newest file was taken away", async () => {
    const world = worldWith([1, 2, 3])
    await run(world, graph)
    land(world, "raw", day(3), undefined)
    await run(world, graph)
    expect(world.published.get("recs")?.partitionKey).toBe("2026-01-03")
  })

  test("stays as it is while one of its tables is not right", async () => {
    const world = worldWith([1, 2])
    await run(world, graph)
    land(world, "raw", day(3), "r3")
    world.behaviour.beforeCompute = (step) => {
      if (step === "reasons 2026-01-03") throw new FreshetError("engine", "broken")
    }
    const result = await run(world, graph)
    expect(result.plan.publications.map(({ set, key }) => `${set} ${key}`)).toEqual([
      "recs 2026-01-03",
      "rooms 2026-01-03",
    ])
    expect(result.outcome).toBe("failed")
    expect(world.published.get("recs")?.partitionKey).toBe("2026-01-02")
    expect(world.published.get("rooms")?.partitionKey).toBe("2026-01-03")
  })

  test("shows the newest partition in which all of its tables are right", async () => {
    const world = worldWith([1, 2, 3])
    world.behaviour.checks = (asset, key) =>
      asset === "reasons" && key === "2026-01-03" ? [fails("reasons")] : []
    await run(world, graph)
    expect(shown(world)[0]).toBe("recs 2026-01-02 recs(r2) reasons(recs(r2))")
  })

  test("that is ready is left alone when none of its tables was asked for", async () => {
    const world = worldWith([1])
    await run(world, graph, (evaluation) => everything(evaluation, false))
    const { plan } = await run(world, graph, only("rooms", 1))
    expect(plan.publications.map(({ set }) => set)).toEqual(["rooms"])
    expect(shown(world)).toEqual(["rooms 2026-01-01 rooms(r1)"])
  })

  test("is left alone when none of its tables was asked for, or nothing is to be published", async () => {
    const world = worldWith([1])
    await run(world, graph, only("rooms", 1))
    expect(shown(world)).toEqual(["rooms 2026-01-01 rooms(r1)"])
    await run(world, graph, only("reasons", 1, 1, false))
    expect(world.publications).toHaveLength(1)
    await run(world, graph)
    expect(shown(world)).toContain("recs 2026-01-01 recs(r1) reasons(recs(r1))")
  })
})

describe("checks that changed", () => {
  const strict = graphWith({ checks: [unique("n")] })

  test("keep what they refuse from being published, and fail the run", async () => {
    const world = worldWith([1])
    await run(world, graph, (evaluation) => everything(evaluation, false))
    world.behaviour.checks = (asset) => (asset === "recs" ? [fails("recs")] : [])
    const result = await run(world, strict)
    expect(result.outcome).toBe("failed")
    expect(shown(world)).toEqual(["rooms 2026-01-01 rooms(r1)"])
  })

  test("keep what they refused from being published by later runs too", async () => {
    const world = worldWith([1])
    await run(world, graph, (evaluation) => everything(evaluation, false))
    world.behaviour.checks = (asset) => (asset === "recs" ? [fails("recs")] : [])
    await run(world, strict)
    const { plan, planned } = await run(world, strict)
    expect([planned, plan.publications]).toEqual([[], []])
    expect(world.published.has("recs")).toBe(false)
  })

  test("publish what they let pass, in the same run", async () => {
    const world = worldWith([1])
    await run(world, graph, (evaluation) => everything(evaluation, false))
    world.behaviour.checks = (asset) => (asset === "recs" ? [fails("recs")] : [])
    await run(world, strict)
    world.behaviour.checks = () => []
    const { plan } = await run(world, graph)
    expect(plan.publications.map(({ set }) => set)).toEqual(["recs"])
    expect(shown(world).at(-1)).toBe("recs 2026-01-01 recs(r1) reasons(recs(r1))")
    expect(await run(world, graph)).toMatchObject({ planned: [], plan: { publications: [] } })
  })

  test("that refused rows keep them unpublished when they turn out unchanged", async () => {
    const world = worldWith([1])
    world.behaviour.rows = (_, asset) => asset
    const upstream = dailyAsset("upstream", sql`from ${raw}`)
    const reading = (checks: Parameters<typeof dailyAsset>[2]) =>
      graphOf(
        raw,
        upstream,
        dailyAsset("recs", sql`from ${upstream}`, {
          publish: publishTo(tables[0], { set: "recs" }),
          ...checks,
        }),
      )
    await run(world, reading({}), (evaluation) => everything(evaluation, false))
    world.behaviour.checks = (asset) => (asset === "recs" ? [fails("recs")] : [])
    const refusing = reading({ checks: [unique("n")] })
    await run(world, refusing)
    land(world, "raw", day(1), "corrected")
    const result = await run(world, refusing)
    expect(result.steps.get("recs 2026-01-01")).toEqual({ kind: "unchanged" })
    expect(world.publications).toEqual([])
    expect(isUnfit(evaluateIn(world, refusing), "recs", day(1))).toBe(true)
  })
})

describe("a publisher", () => {
  test("that fails is reported with its set, and the others are published", async () => {
    const world = worldWith([1])
    world.behaviour.beforePublish = ({ set }) => {
      if (set === "recs") throw new FreshetError("publish", "the table is locked")
    }
    const result = await run(world, graph)
    expect(result.outcome).toBe("failed")
    expect(result.publications.map(({ set, key, error }) => [set, key, error])).toEqual([
      ["recs", "2026-01-01", "the table is locked"],
      ["rooms", "2026-01-01", undefined],
    ])
    world.behaviour.beforePublish = () => {}
    const again = await run(world, graph)
    expect([again.planned.length, again.outcome]).toEqual([0, "succeeded"])
    expect(world.published.has("recs")).toBe(true)
  })

  test("whose fault is not about publishing ends the run", async () => {
    const world = worldWith([1])
    world.behaviour.beforePublish = () => {
      throw new FreshetError("postgres", "the connection is lost")
    }
    await expect(run(world, graph)).rejects.toThrow("the connection is lost")
  })

  test("is not asked for more once a person wants to stop", async () => {
    const world = worldWith([1])
    world.behaviour.beforePublish = () => void (world.aborted = true)
    const { outcome } = await run(world, graph)
    expect([outcome, world.publications.length]).toEqual(["interrupted", 1])
  })
})
