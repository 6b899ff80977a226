import { describe, expect, test } from "vitest"

import { explain, itself, noRows, previous, sharedRows, sql, sqlAssets } from "../../src/index.ts"
import { unique } from "../../src/index.ts"
import type { Check, Sql } from "../../src/index.ts"
import { dailyAsset, day, everyDay, graphOf } from "../declared.ts"
import { evaluateIn, everything, land, run } from "../memory-world.ts"
import { failing, other, outcomes, raw, worldWith } from "./chain.ts"

describe("a changed check", () => {
  const graph = (...checks: readonly Check<"n">[]) => {
    const checked = dailyAsset("a", sql`select n from ${raw}`, { checks })
    return graphOf(raw, checked, dailyAsset("b", sql`select n from ${checked}`), other)
  }
  const before = graphOf(raw, dailyAsset("a", sql`select n from ${raw}`))

  test("runs before what reads the rows, and holds it back when it fails", async () => {
    const world = worldWith([1])
    await run(world, before)
    world.computed.length = 0
    world.behaviour.checks = (asset) => (asset === "a" ? [failing("a")] : [])
    const result = await run(world, graph(unique("n")), everything, { concurrency: 4 })
    expect(outcomes(result)).toEqual({
      "check a 2026-01-01": "checked",
      "b 2026-01-01": "skipped",
      "other 2026-01-01": "made",
    })
    expect(result.outcome).toBe("failed")
    expect(world.computed).toEqual(["check a 2026-01-01", "other 2026-01-01"])
  })

  test("that failed holds back later runs too, until the check or the rows are mended", async () => {
    const world = worldWith([1])
    await run(world, before)
    world.behaviour.checks = (asset) => (asset === "a" ? [failing("a")] : [])
    await run(world, graph(unique("n")))
    const later = await run(world, graph(unique("n")))
    expect(later.planned).toEqual([])
    expect([...explain(evaluateIn(world, graph(unique("n"))), later.plan)]).toEqual([
      "b 2026-01-01: waits for a 2026-01-01 to pass its checks",
    ])
    const mended = graph(noRows("mended", { description: "", query: sql`from ${itself}` }))
    world.behaviour.checks = () => []
    expect(outcomes(await run(world, mended))).toEqual({
      "check a 2026-01-01": "checked",
      "b 2026-01-01": "made",
    })
  })

  test("holds back what accumulates from going on from rows that fail it", async () => {
    const sum = (...checks: readonly Check<"n">[]) =>
      graphOf(raw, dailyAsset("sum", sql`from ${raw}, ${previous()}`, { checks }))
    const world = worldWith([1])
    await run(world, sum())
    world.behaviour.checks = (_, day) => (day === "2026-01-01" ? [failing("sum")] : [])
    await run(world, sum(unique("n")))
    land(world, "raw", day(2), "r2")
    const later = await run(world, sum(unique("n")))
    expect(later.planned).toEqual([])
    expect([...explain(evaluateIn(world, sum(unique("n"))), later.plan)]).toEqual([
      "sum 2026-01-02: waits for sum 2026-01-01 to pass its checks",
    ])
  })

  test("on one of several outputs holds back only what reads that one", async () => {
    const graphWith = (salt: string, checks: readonly Check<"n">[]) => {
      const up = dailyAsset("up", sql`${salt} ${raw}`)
      const { columns } = up
      const { x, y } = sqlAssets({
        name: "both",
        group: "g",
        partitions: everyDay,
        shared: sql`from ${up}` as Sql<never>, // columns are all that matters here
        outputs: {
          x: { description: "", columns, query: sql`from ${sharedRows}`, checks },
          y: { description: "", columns, query: sql`from ${sharedRows}` },
        },
      })
      const readers = [dailyAsset("rx", sql`from ${x}`), dailyAsset("ry", sql`from ${y}`)]
      return graphOf(raw, up, x, y, ...(checks.length === 0 ? [] : readers))
    }
    const world = worldWith([1])
    await run(world, graphWith("1", []))
    world.behaviour.checks = (asset) => (asset === "x" ? [failing("x")] : [])
    const result = await run(world, graphWith("2", [unique("n")]))
    expect(outcomes(result)).toEqual({
      "up 2026-01-01": "made",
      "both 2026-01-01": "checked",
      "rx 2026-01-01": "skipped",
      "ry 2026-01-01": "made",
    })
  })

  test("that only warns holds nothing back", async () => {
    const world = worldWith([1])
    await run(world, before)
    world.behaviour.checks = (asset) => (asset === "a" ? [failing("a", "warn")] : [])
    const result = await run(world, graph(unique("n")))
    expect(outcomes(result)).toMatchObject({ "b 2026-01-01": "made" })
    expect(result.outcome).toBe("succeeded")
  })
})
