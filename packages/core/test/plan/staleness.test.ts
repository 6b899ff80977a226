import { describe, expect, test } from "vitest"

import { FreshetError, all, assetNamed, assetStatus, changedInputs } from "../../src/index.ts"
import { emptyVersion, last, latest, partitionsText, previous, rangesOf } from "../../src/index.ts"
import { rangesWhere, sql, stateKind, statusText, unpartitioned } from "../../src/index.ts"
import type { AnyAsset, Graph, Sql, Status } from "../../src/index.ts"
import { afterDay, dailyAsset, day, graphOf, snapshotSource, source } from "../declared.ts"
import { type MemoryWorld, evaluateIn, land, memoryWorld, run } from "../memory-world.ts"

const raw = source("raw")
const users = snapshotSource("users")

function worldWith(days: readonly number[]): MemoryWorld {
  const world = memoryWorld(afterDay(20))
  for (const each of days) land(world, "raw", day(each), `r${each}`)
  return world
}

const status = (world: MemoryWorld, graph: Graph, name: string, on: number): Status =>
  assetStatus(evaluateIn(world, graph), graph.assets.get(name)!, day(on))

/** The days of an asset that have this status, as `3 to 9`. */
function days(world: MemoryWorld, graph: Graph, name: string, kind: Status["kind"]): string {
  const { computation } = assetNamed(graph, name)
  return rangesWhere(evaluateIn(world, graph), computation, (bits) => stateKind(bits) === kind)
    .map(({ from, to }) => ({ from: from - day(0), to: to - day(0) }))
    .map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`))
    .join(", ")
}

const a = dailyAsset("a", sql`from ${raw}`)
const week = dailyAsset("week", sql`from ${last(7, a)}`)
const newest = dailyAsset("newest", sql`from ${week}`)
const graph = graphOf(raw, a, week, newest)

describe("a partition", () => {
  test("that was never made is missing", () => {
    expect(status(worldWith([1]), graph, "a", 1)).toEqual({
      kind: "missing",
      waitsFor: undefined,
      causes: [],
    })
  })

  test("is fresh when it was made from exactly what would be read now", async () => {
    const world = worldWith([1, 2, 3])
    await run(world, graph)
    for (const name of ["a", "week", "newest"])
      expect(days(world, graph, name, "fresh")).toBe("1 to 3")
  })

  test("is stale when its code changed, and what reads it will be made anew", async () => {
    const world = worldWith([1])
    await run(world, graph)
    const edited = dailyAsset("a", sql`from ${raw} where true`)
    const downstream = dailyAsset("week", sql`from ${last(7, edited)}`)
    const later = graphOf(raw, edited, downstream)
    expect(status(world, later, "a", 1)).toMatchObject({
      kind: "stale",
      causes: [{ kind: "code" }],
    })
    expect(status(world, later, "week", 1)).toMatchObject({
      kind: "stale",
      causes: [{ kind: "upstream", asset: "a", partitions: rangesOf([day(1)]) }],
    })
  })

  test("is stale when a file was corrected, and fresh again when the file is as it was", async () => {
    const world = worldWith([1, 2])
    await run(world, graph)
    land(world, "raw", day(1), "corrected")
    expect(days(world, graph, "a", "stale")).toBe("1")
    expect(status(world, graph, "a", 1)).toMatchObject({ causes: [{ kind: "input", changed: [] }] })
    land(world, "raw", day(1), "r1")
    expect(days(world, graph, "a", "fresh")).toBe("1 to 2")
  })

  test("outside of what exists is missing, and a source's partition is always fresh", () => {
    const world = worldWith([1])
    expect(status(world, graph, "a", 9)).toMatchObject({ kind: "missing" })
    expect(status(world, graph, "raw", 1)).toEqual({ kind: "fresh" })
  })
})

describe("staleness is exact and transitive", () => {
  test("a corrected file makes exactly the partitions stale whose windows contain its day", async () => {
    const world = worldWith([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
    await run(world, graph)
    land(world, "raw", day(4), "corrected")
    expect(days(world, graph, "a", "stale")).toBe("4")
    expect(days(world, graph, "week", "stale")).toBe("4 to 10")
    expect(days(world, graph, "newest", "stale")).toBe("4 to 10")
  })

  test("a late file in the middle does the same", async () => {
    const tolerant = source("raw", { whenMissing: "empty" })
    const b = dailyAsset("b", sql`from ${last(3, tolerant)}`)
    const late = graphOf(tolerant, b)
    const world = worldWith([1, 2, 3, 5, 6, 7, 8, 9])
    await run(world, late)
    land(world, "raw", day(4), "late")
    expect(days(world, late, "b", "stale")).toBe("4 to 6")
    expect(days(world, late, "b", "fresh")).toBe("1 to 3, 7 to 9")
  })

  test("a change runs along a chain of previous partitions to its end", async () => {
    const sum = dailyAsset("sum", sql`from ${raw}, ${previous()}`)
    const chain = graphOf(raw, sum)
    const world = worldWith([1, 2, 3, 4, 5])
    await run(world, chain)
    land(world, "raw", day(3), "corrected")
    expect(days(world, chain, "sum", "fresh")).toBe("1 to 2")
    expect(days(world, chain, "sum", "stale")).toBe("3 to 5")
    expect(status(world, chain, "sum", 5)).toMatchObject({
      causes: [{ kind: "upstream", asset: "sum", partitions: rangesOf([day(4)]) }],
    })
  })

  test("a new day makes nothing older stale, except for what reads all of it", async () => {
    const total = dailyAsset("total", sql`from ${all(a)}`, { partitions: unpartitioned })
    const last2 = dailyAsset("last2", sql`from ${last(2, a)}`)
    const both = graphOf(raw, a, last2, total)
    const world = worldWith([1, 2])
    await run(world, both)
    land(world, "raw", day(3), "r3")
    expect(days(world, both, "last2", "fresh")).toBe("1 to 2")
    expect(days(world, both, "last2", "missing")).toBe("3")
    expect(assetStatus(evaluateIn(world, both), total, 0)).toMatchObject({ kind: "stale" })
  })

  test("a changed snapshot makes every partition stale that reads it", async () => {
    const b = dailyAsset("b", sql`from ${raw}, ${users}`)
    const graph = graphOf(raw, users, b)
    const world = worldWith([1, 2])
    land(world, "users", 0, "u1")
    await run(world, graph)
    land(world, "users", 0, "u2")
    expect(days(world, graph, "b", "stale")).toBe("1 to 2")
  })

  test("the latest file is read until there is a later one", async () => {
    const daily = source("daily")
    const b = dailyAsset("b", sql`from ${raw}, ${latest(daily)}`)
    const graph = graphOf(raw, daily, b)
    const world = worldWith([1, 2, 3, 4])
    land(world, "daily", day(1), "d1")
    await run(world, graph)
    land(world, "daily", day(3), "d3")
    expect(days(world, graph, "b", "fresh")).toBe("1 to 2")
    expect(days(world, graph, "b", "stale")).toBe("3 to 4")
  })
})

describe("a day without a file", () => {
  test("keeps what reads it waiting, where the source says so, and all that follows from it", () => {
    const world = worldWith([1, 3])
    expect(status(world, graph, "a", 2)).toEqual({
      kind: "missing",
      waitsFor: "the file of raw for 2026-01-02",
      causes: [],
    })
    expect(statusText(graph, status(world, graph, "a", 2))).toBe(
      "waits for the file of raw for 2026-01-02",
    )
    expect(status(world, graph, "week", 3)).toMatchObject({ kind: "missing", waitsFor: undefined })
  })

  test("is a day without rows, where the source says that", async () => {
    const tolerant = source("raw", { whenMissing: "empty" })
    const b = dailyAsset("b", sql`from ${tolerant}`)
    const world = worldWith([1, 3])
    await run(world, graphOf(tolerant, b))
    const evaluation = evaluateIn(world, graphOf(tolerant, b))
    expect(assetStatus(evaluation, b, day(2))).toEqual({ kind: "fresh" })
    expect(world.steps.find(({ partition }) => partition === day(2))?.reads).toEqual([
      { relation: "raw", asset: "raw", short: false, versions: [[day(2), emptyVersion]] },
    ])
  })

  test("a window that must be whole is waited for", () => {
    const strict = dailyAsset("b", sql`from ${last(3, raw, { onShortWindow: "error" })}`)
    const graph = graphOf(raw, strict)
    const world = worldWith([1, 2, 3])
    expect(status(world, graph, "b", 2)).toMatchObject({
      waitsFor: "the whole window of raw [last 3]",
    })
    expect(status(world, graph, "b", 3)).toMatchObject({ waitsFor: undefined })
  })

  test("a file that was taken away makes what it was read for stale and waiting", async () => {
    const world = worldWith([1, 2, 3])
    await run(world, graph)
    land(world, "raw", day(2), undefined)
    expect(status(world, graph, "a", 2)).toMatchObject({
      kind: "stale",
      waitsFor: "the file of raw for 2026-01-02",
    })
  })
})

describe("a failure", () => {
  const broken = (world: MemoryWorld) => {
    world.behaviour.beforeCompute = () => {
      throw new FreshetError("engine", "disk full\nat once")
    }
  }

  test("counts for as long as the same would be tried again", async () => {
    const world = worldWith([1])
    broken(world)
    await run(world, graphOf(raw, a))
    const failed = status(world, graphOf(raw, a), "a", 1)
    expect(failed).toMatchObject({ kind: "failed", failure: { outcome: "failed" } })
    expect(statusText(graph, failed)).toBe("failed before: disk full")
    land(world, "raw", day(1), "corrected")
    expect(status(world, graphOf(raw, a), "a", 1)).toMatchObject({ kind: "missing" })
  })

  test("of what was made before leaves what was made, and says why it was tried", async () => {
    const world = worldWith([1])
    await run(world, graphOf(raw, a))
    land(world, "raw", day(1), "corrected")
    broken(world)
    await run(world, graphOf(raw, a))
    expect(status(world, graphOf(raw, a), "a", 1)).toMatchObject({
      kind: "failed",
      causes: [{ kind: "input" }],
    })
    land(world, "raw", day(1), "r1")
    expect(status(world, graphOf(raw, a), "a", 1)).toEqual({ kind: "fresh" })
  })
})

describe("changedInputs", () => {
  /** What is said to have changed since the newest materialization of day 3 was recorded. */
  function changed(world: MemoryWorld, now: Graph, name = "x"): readonly string[] {
    const { computation } = assetNamed(now, name)
    const then = world.steps.findLast(
      (step) => step.computation === name && step.partition === day(3),
    )
    return changedInputs(evaluateIn(world, now), computation, day(3), then!.reads).map(
      ({ asset, partitions }) => `${asset} ${partitionsText(now, asset, partitions)}`,
    )
  }

  const reading = (query: Sql) => graphOf(raw, users, a, dailyAsset("x", query))

  async function madeFrom(query: Sql): Promise<MemoryWorld> {
    const world = worldWith([1, 2, 3])
    land(world, "users", 0, "u")
    await run(world, reading(query))
    return world
  }

  test("finds nothing when nothing changed", async () => {
    const world = await madeFrom(sql`from ${last(2, raw)}`)
    expect(changed(world, reading(sql`from ${last(2, raw)}`))).toEqual([])
  })

  test("finds the partitions with another version, of sources and of assets", async () => {
    const query = sql`from ${last(3, raw)}, ${last(3, a)}, ${users}`
    const world = await madeFrom(query)
    for (const each of [1, 2]) land(world, "raw", day(each), "corrected")
    expect(changed(world, reading(query))).toEqual(["raw 2026-01-01 to 2026-01-02"])
    await run(world, graphOf(raw, a))
    expect(changed(world, reading(query))).toEqual([
      "raw 2026-01-01 to 2026-01-02",
      "a 2026-01-01 to 2026-01-02",
    ])
  })

  test("finds a partition more, and a partition less", async () => {
    const world = await madeFrom(sql`from ${last(2, raw)}`)
    expect(changed(world, reading(sql`from ${last(2, raw)}, ${users}`))).toEqual(["users "])
    land(world, "raw", day(2), undefined)
    land(world, "raw", day(1), undefined)
    expect(changed(world, reading(sql`from ${last(2, raw)}`))).toEqual(["raw 2026-01-02"])
  })

  test("finds what is not read any more", async () => {
    const world = await madeFrom(sql`from ${raw}, ${users}`)
    expect(changed(world, reading(sql`from ${raw}`))).toEqual(["users "])
  })

  test("knows an asset under the name that it had before", async () => {
    const world = await madeFrom(sql`from ${a}`)
    const renamed = dailyAsset("b", sql`from ${raw}`, { formerly: ["a"] })
    const now = graphOf(raw, renamed, dailyAsset("x", sql`from ${renamed}`))
    expect(changed(world, now)).toEqual([])
  })
})

test("judging is pure: the same world gives the same statuses, and nothing is changed", async () => {
  const world = worldWith([1, 2, 4])
  await run(world, graph)
  const [once, again] = [evaluateIn(world, graph), evaluateIn(world, graph)]
  expect(again.states).toEqual(once.states)
  const sources: readonly AnyAsset[] = [raw]
  expect(sources.map((each) => assetStatus(once, each, day(3)).kind)).toEqual(["fresh"])
})
