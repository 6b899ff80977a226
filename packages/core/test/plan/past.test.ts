import { describe, expect, test } from "vitest"

import { all, daily, findPartition, last, sql, staticKeys, unpartitioned } from "../../src/index.ts"
import type { Graph, Partitions, Static } from "../../src/index.ts"
import { afterDay, dailyAsset, day, graphOf, source, sourceIn } from "../declared.ts"
import { forgetEarlier } from "../memory-ledger.ts"
import { type MemoryWorld, land, memoryWorld, run } from "../memory-world.ts"

const raw = source("raw")
const a = dailyAsset("a", sql`from ${raw}`)

function worldWith(days: readonly number[]): MemoryWorld {
  const world = memoryWorld(afterDay(20))
  for (const each of days) land(world, "raw", day(each), `r${each}`)
  return world
}

/** Runs, and tells what was computed: `a 2026-01-05`. */
async function computed(world: MemoryWorld, graph: Graph): Promise<readonly string[]> {
  world.computed.length = 0
  await run(world, graph)
  return [...world.computed]
}

describe("an asset under a new name", () => {
  const chain = (name: string, formerly: readonly string[]) => {
    const renamed = dailyAsset(name, sql`from ${raw}`, { formerly })
    return graphOf(raw, renamed, dailyAsset("week", sql`from ${last(7, renamed)}`))
  }

  test("keeps what was made under the old one, and so does what reads it", async () => {
    const world = worldWith([1, 2])
    await run(world, chain("a", []))
    expect(await computed(world, chain("b", ["a"]))).toEqual([])
    expect(await computed(world, chain("c", ["a", "b"]))).toEqual([])
  })

  test("is another asset when it does not say what it was called", async () => {
    const world = worldWith([1])
    await run(world, chain("a", []))
    expect(await computed(world, chain("b", []))).toEqual(["b 2026-01-01", "week 2026-01-01"])
  })

  test("is made further under the new name, on top of the old", async () => {
    const world = worldWith([1])
    await run(world, chain("a", []))
    land(world, "raw", day(2), "r2")
    expect(await computed(world, chain("b", ["a"]))).toEqual(["b 2026-01-02", "week 2026-01-02"])
    expect([...world.files.values()].at(-1)).toBe("week(a(r1)+b(r2))")
  })

  test("is as before where a source has the new name", async () => {
    const world = worldWith([1])
    await run(world, graphOf(raw, a))
    const renamed = source("log", { formerly: ["raw"] })
    land(world, "log", day(1), "r1")
    const reader = dailyAsset("a", sql`from ${renamed}`)
    expect(await computed(world, graphOf(renamed, reader))).toEqual([])
  })
})

describe("an asset that was removed", () => {
  test("is fresh again when it comes back as it was", async () => {
    const world = worldWith([1])
    const b = dailyAsset("b", sql`from ${a}`)
    await run(world, graphOf(raw, a, b))
    expect(await computed(world, graphOf(raw, a))).toEqual([])
    expect(await computed(world, graphOf(raw, a, b))).toEqual([])
  })
})

describe("a set of keys", () => {
  const cut = (...keys: string[]) => {
    const regions = staticKeys(keys)
    const up = sourceIn("up", regions, { whenMissing: "empty" })
    const each = dailyAsset("each", sql`from ${up}`, { partitions: regions })
    const total = dailyAsset("total", sql`from ${all(each)}`, { partitions: unpartitioned })
    return { regions, graph: graphOf(up, each, total) }
  }

  const landed = (regions: Static, keys: readonly string[], world = memoryWorld(afterDay(20))) => {
    world.landed.delete("up")
    for (const key of keys) land(world, "up", findPartition(regions, key)!, `${key}!`)
    return world
  }

  test("has one partition a key", async () => {
    const { regions, graph } = cut("eu", "us")
    const world = landed(regions, ["eu", "us"])
    expect(await computed(world, graph)).toEqual(["each eu", "each us", "total all"])
    land(world, "up", 1, "corrected")
    expect(await computed(world, graph)).toEqual(["each us", "total all"])
  })

  test("makes what stands for a new key, and what reads all of them", async () => {
    const [before, after] = [cut("eu", "us"), cut("asia", "us", "eu")]
    const world = landed(before.regions, ["eu", "us"])
    await run(world, before.graph)
    landed(after.regions, ["eu", "us", "asia"], world)
    expect(await computed(world, after.graph)).toEqual(["each asia", "total all"])
  })

  test("in another order is the same set", async () => {
    const [before, after] = [cut("eu", "us"), cut("us", "eu")]
    const world = landed(before.regions, ["eu", "us"])
    await run(world, before.graph)
    landed(after.regions, ["eu", "us"], world)
    expect(await computed(world, after.graph)).toEqual([])
  })
})

describe("a range of time", () => {
  const cut = (partitions: Partitions) =>
    graphOf(raw, dailyAsset("a", sql`from ${raw}`, { partitions }))

  test("with another start or end makes only what was never made", async () => {
    const world = worldWith([1, 2, 3, 4])
    await run(world, cut(daily({ start: "2026-01-02", end: "2026-01-03" })))
    expect(await computed(world, cut(daily({ start: "2026-01-01" })))).toEqual([
      "a 2026-01-01",
      "a 2026-01-04",
    ])
  })

  test("in another zone is made anew", async () => {
    const zone = "Europe/Berlin"
    const local = daily({ start: "2026-01-01", zone })
    const world = worldWith([1])
    const graph = (partitions: Partitions) => {
      const up = sourceIn("raw", partitions)
      return graphOf(up, dailyAsset("a", sql`from ${up}`, { partitions }))
    }
    await run(world, graph(daily({ start: "2026-01-01" })))
    expect(await computed(world, graph(local))).toEqual(["a 2026-01-01"])
  })
})

describe("what is kept no more", () => {
  test("is made again when an edit brings its inputs back", async () => {
    const world = worldWith([1])
    const graph = graphOf(raw, a)
    await run(world, graph)
    land(world, "raw", day(1), "corrected")
    await run(world, graph)
    forgetEarlier(world, graph)
    expect(await computed(world, graph)).toEqual([])
    land(world, "raw", day(1), "r1")
    expect(await computed(world, graph)).toEqual(["a 2026-01-01"])
  })
})
