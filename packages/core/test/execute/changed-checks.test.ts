import { describe, expect, test } from "vitest"

import {
  explain,
  itself,
  last,
  noRows,
  previous,
  publishTo,
  refusedAmong,
  sharedRows,
  sql,
  sqlAssets,
} from "../../src/index.ts"
import { unique } from "../../src/index.ts"
import type { Check, Sql } from "../../src/index.ts"
import { afterDay, dailyAsset, day, everyDay, graphOf } from "../declared.ts"
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
    const mended = graph(nothingWrong)
    world.behaviour.checks = () => []
    expect(outcomes(await run(world, mended))).toEqual({
      "check a 2026-01-01": "checked",
      "b 2026-01-01": "made",
    })
  })

  test("runs on all that a step reads, whatever was asked for", async () => {
    const windowed = (salt: string, ...checks: readonly Check<"n">[]) => {
      const read = dailyAsset("a", sql`select n from ${raw}`, { checks })
      return graphOf(raw, read, dailyAsset("b", sql`${salt} from ${last(2, read)}`))
    }
    const onlyB = { targets: new Map([["b", [{ from: day(3), to: day(3) }]]]), publish: true }
    const world = worldWith([1, 2, 3])
    await run(world, windowed("1"))
    world.behaviour.checks = (_, on) => (on === "2026-01-02" ? [failing("a")] : [])
    expect(outcomes(await run(world, windowed("2", unique("n")), () => onlyB))).toEqual({
      "check a 2026-01-02": "checked",
      "check a 2026-01-03": "checked",
      "b 2026-01-03": "skipped",
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

  test("runs on rows that stand on refused ones once these are right, and not before", async () => {
    const three = (ofFirst: readonly Check<"n">[], ofOthers: readonly Check<"n">[]) => {
      const first = dailyAsset("a", sql`select n from ${raw}`, { checks: ofFirst })
      const second = dailyAsset("b", sql`select n from ${first}`, { checks: ofOthers })
      const third = dailyAsset("c", sql`select n from ${second}`, { checks: ofOthers })
      return graphOf(raw, first, second, third)
    }
    const world = worldWith([1])
    await run(world, three([], []))
    world.behaviour.checks = (asset) => (asset === "a" ? [failing("a")] : [])
    await run(world, three([unique("n")], []))
    const held = await run(world, three([unique("n")], [unique("n")]))
    expect(held.planned).toEqual([])
    world.behaviour.checks = () => []
    const mended = three([nothingWrong], [unique("n")])
    expect(outcomes(await run(world, mended))).toEqual({
      "check a 2026-01-01": "checked",
      "check b 2026-01-01": "checked",
      "check c 2026-01-01": "checked",
    })
  })

  describe("that refuses rows on which fresh ones stand", () => {
    const chain = (checks: readonly Check<"n">[], ...last: readonly string[]) => {
      const first = dailyAsset("a", sql`select n from ${raw}`, { checks })
      const second = dailyAsset("b", sql`select n from ${first}`)
      const third = last.map((name) => dailyAsset(name, sql`select n from ${second}`))
      return graphOf(raw, first, second, ...third)
    }

    test("keeps what is new from going on from either, in the run that finds it and in later ones", async () => {
      const world = worldWith([1])
      await run(world, chain([]))
      world.behaviour.checks = (asset) => (asset === "a" ? [failing("a")] : [])
      expect(outcomes(await run(world, chain([unique("n")], "c")))).toEqual({
        "check a 2026-01-01": "checked",
        "c 2026-01-01": "skipped",
      })
      const later = await run(world, chain([unique("n")], "c"))
      expect(later.planned).toEqual([])
      expect([...explain(evaluateIn(world, chain([unique("n")], "c")), later.plan)]).toEqual([
        "c 2026-01-01: waits for a 2026-01-01 to pass its checks",
      ])
    })

    test("is told as long as it does, with what stands on them", async () => {
      const world = worldWith([1, 2])
      await run(world, chain([]))
      world.behaviour.checks = (asset, on) =>
        asset === "a" && on === "2026-01-02" ? [failing("a")] : []
      const refusing = chain([unique("n")])
      await run(world, refusing)
      const both = [{ from: day(1), to: day(2) }]
      const asked = new Map([
        ["a", both],
        ["b", both],
      ])
      const refused = () => refusedAmong(evaluateIn(world, refusing), asked)
      const second = [{ from: day(2), to: day(2) }]
      const expected = [
        { asset: "a", ranges: second, standsOn: undefined },
        { asset: "b", ranges: second, standsOn: "a 2026-01-02" },
      ]
      expect(refused()).toEqual(expected)
      expect((await run(world, refusing)).planned).toEqual([])
      expect(refused()).toEqual(expected)
      expect(refusedAmong(evaluateIn(world, chain([nothingWrong])), asked)).toEqual([])
    })

    test("keeps them from being published, in the run that finds it and in later ones", async () => {
      const table = { $inferInsert: {} }
      const set = (...checks: readonly Check<"n">[]) => {
        const first = dailyAsset("a", sql`select n from ${raw}`, { checks })
        const publish = publishTo(table, { set: "s" })
        return graphOf(raw, first, dailyAsset("b", sql`select n from ${first}`, { publish }))
      }
      const world = worldWith([1])
      await run(world, set(), (all) => everything(all, false))
      world.behaviour.checks = (asset) => (asset === "a" ? [failing("a")] : [])
      await run(world, set(unique("n")))
      const later = await run(world, set(unique("n")))
      expect([later.plan.publications, world.publications]).toEqual([[], []])
      world.behaviour.checks = () => []
      await run(world, set(nothingWrong))
      expect(world.publications).toHaveLength(1)
    })

    test("is looked for once along a long past", async () => {
      const days = Array.from({ length: 3000 }, (_, index) => index + 1)
      const sum = (checks: readonly Check<"n">[], ...readers: readonly string[]) => {
        const total = dailyAsset("sum", sql`from ${raw}, ${previous()}`, { checks })
        return graphOf(raw, total, ...readers.map((name) => dailyAsset(name, sql`from ${total}`)))
      }
      const world = worldWith(days)
      world.nowMs = afterDay(3000)
      await run(world, sum([]))
      world.behaviour.checks = (_, on) => (on === "2026-01-01" ? [failing("sum")] : [])
      const found = await run(world, sum([unique("n")], "reader"))
      expect([...found.steps.values()].filter(({ kind }) => kind === "skipped")).toHaveLength(3000)
      const later = await run(world, sum([unique("n")], "reader"))
      expect([...explain(evaluateIn(world, sum([unique("n")], "reader")), later.plan)]).toEqual([
        "reader 2026-01-01 to 2034-03-19: waits for sum 2026-01-01 to pass its checks",
      ])
    }, 30_000)

    test("says which rows, however far they lie back", async () => {
      const sum = (salt: string, ...checks: readonly Check<"n">[]) =>
        graphOf(raw, dailyAsset("sum", sql`${salt} from ${raw}, ${previous()}`, { checks }))
      const world = worldWith([1, 2, 3])
      await run(world, sum("1"))
      world.behaviour.checks = (_, on) => (on === "2026-01-01" ? [failing("sum")] : [])
      await run(world, sum("1", unique("n")))
      land(world, "raw", day(4), "r4")
      const later = await run(world, sum("1", unique("n")))
      expect(later.planned).toEqual([])
      expect([...explain(evaluateIn(world, sum("1", unique("n"))), later.plan)]).toEqual([
        "sum 2026-01-04: waits for sum 2026-01-01 to pass its checks",
      ])
    })
  })

  test("is not owed for rows that waited for others and came out the same", async () => {
    const mixed = (
      salt: string,
      ofUnfit: readonly Check<"n">[],
      ofMixed: readonly Check<"n">[],
    ) => {
      const up = dailyAsset("up", sql`${salt} ${raw}`)
      const unfit = dailyAsset("unfit", sql`from ${raw}`, { checks: ofUnfit })
      const both = dailyAsset("both", sql`from ${up}, ${unfit}`, { checks: ofMixed })
      return graphOf(raw, up, unfit, both)
    }
    const world = worldWith([1])
    await run(world, mixed("1", [], []))
    world.behaviour.checks = (asset) => (asset === "unfit" ? [failing("unfit")] : [])
    await run(world, mixed("1", [unique("n")], []))
    const changed = mixed("2", [unique("n")], [unique("n")])
    const result = await run(world, changed)
    expect(outcomes(result)).toEqual({ "up 2026-01-01": "made" })
    expect(result.plan.waiting.map(({ computation }) => computation.name)).toEqual(["both"])
    expect((await run(world, changed)).planned).toEqual([])
  })

  test("keeps its rows from readers until it has run on them", async () => {
    const [x, y] = [{ $inferInsert: {} }, { $inferInsert: {} }]
    const set = (...checks: readonly Check<"n">[]) =>
      graphOf(
        raw,
        dailyAsset("x", sql`1 ${raw}`, { checks, publish: publishTo(x, { set: "s" }) }),
        dailyAsset("y", sql`2 ${raw}`, { publish: publishTo(y, { set: "s" }) }),
      )
    const world = worldWith([1])
    await run(world, set(), (all) => everything(all, false))
    const onlyY = { targets: new Map([["y", [{ from: day(1), to: day(1) }]]]), publish: true }
    await run(world, set(unique("n")), () => onlyY)
    expect(world.publications).toEqual([])
    await run(world, set(unique("n")))
    expect(world.publications).toHaveLength(1)
  })
})

const nothingWrong = noRows("mended", { description: "", query: sql`from ${itself}` })
