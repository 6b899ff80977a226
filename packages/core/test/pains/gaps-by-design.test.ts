import { expect, test } from "vitest"

import {
  all,
  assetStatus,
  countStates,
  inputFingerprint,
  last,
  previous,
  sql,
} from "../../src/index.ts"
import { assetNamed, fingerprintText, unpartitioned } from "../../src/index.ts"
import type { Graph } from "../../src/index.ts"
import { dailyAsset, day, graphOf, source } from "../declared.ts"
import { type MemoryWorld, evaluateIn, land, memoryWorld, run } from "../memory-world.ts"

const raw = source("raw")
const a = dailyAsset("a", sql`from ${raw}`)

/** A world with the files of some days, all of them over. */
function worldWith(days: number): MemoryWorld {
  const world = memoryWorld(day(days + 1) * 86_400_000)
  for (let each = 1; each <= days; each += 1) land(world, "raw", day(each), `r${each}`)
  return world
}

const states = (world: MemoryWorld, graph: Graph, name: string) =>
  countStates(evaluateIn(world, graph), assetNamed(graph, name).computation)

const stale = (world: MemoryWorld, graph: Graph, name: string) => states(world, graph, name).stale

test("a partitioned asset as a whole is not fresh as long as one of its partitions is not", async () => {
  const world = worldWith(30)
  await run(world, graphOf(raw, a))
  land(world, "raw", day(12), "corrected")
  expect(states(world, graphOf(raw, a), "a")).toMatchObject({ fresh: 29, stale: 1 })
})

test("what somebody else lands makes stale what reads it: nobody has to observe it first", async () => {
  const world = worldWith(3)
  await run(world, graphOf(raw, a))
  land(world, "raw", day(2), "corrected")
  expect(assetStatus(evaluateIn(world, graphOf(raw, a)), a, day(2))).toMatchObject({
    kind: "stale",
  })
})

test("a read of a hundred and more partitions is looked at like any other", async () => {
  const year = dailyAsset("year", sql`from ${last(365, a)}`)
  const graph = graphOf(raw, a, year)
  const world = worldWith(400)
  await run(world, graph)
  land(world, "raw", day(20), "corrected")
  expect(stale(world, graph, "year")).toBe(365)
})

test("a chain of a hundred and more of an asset's own partitions is looked at to its end", async () => {
  const sum = dailyAsset("sum", sql`from ${raw}, ${previous()}`)
  const graph = graphOf(raw, sum)
  const world = worldWith(150)
  world.behaviour.rows = (request, _, read) =>
    String(request.relations.flatMap(read).reduce((sum, each) => sum + each.length, 0) % 1009)
  await run(world, graph)
  land(world, "raw", day(20), "corrected")
  expect(stale(world, graph, "sum")).toBe(131)
})

test("reading all of what is cut by time notices every partition of it", async () => {
  const total = dailyAsset("total", sql`from ${all(a)}`, { partitions: unpartitioned })
  const graph = graphOf(raw, a, total)
  const world = worldWith(120)
  await run(world, graph)
  expect(states(world, graph, "total").fresh).toBe(1)
  land(world, "raw", day(3), "corrected")
  expect(stale(world, graph, "total")).toBe(1)
})

test("a parameter that a query interpolates is part of its version", async () => {
  const asking = (parameter: number) => graphOf(raw, dailyAsset("a", sql`${parameter} from ${raw}`))
  const world = worldWith(2)
  await run(world, asking(7))
  expect(stale(world, asking(8), "a")).toBe(2)
  expect(stale(world, asking(7), "a")).toBe(0)
})

test("what reads a stale asset is stale too, at any distance, before anything runs", async () => {
  const b = dailyAsset("b", sql`from ${a}`)
  const c = dailyAsset("c", sql`from ${b}`)
  const graph = graphOf(raw, a, b, c)
  const world = worldWith(1)
  await run(world, graph)
  land(world, "raw", day(1), "corrected")
  expect(["a", "b", "c"].map((name) => stale(world, graph, name))).toEqual([1, 1, 1])
})

test("different inputs never share a version because their texts run together", () => {
  const [x, y] = [source("x"), source("y")]
  const graph = graphOf(x, y)
  const read = (relation: string, ...versions: [number, string][]) => ({
    relation,
    asset: relation,
    short: false,
    versions,
  })
  const prints = [
    [read("x", [1, "23"]), read("y", [1, "4"])],
    [read("x", [1, "2"]), read("y", [1, "34"])],
    [read("x", [12, "3"]), read("y", [1, "4"])],
    [read("x", [1, "4"]), read("y", [1, "23"])],
    [read("x", [1, "23"], [2, "4"]), read("y")],
    [read("x", [1, "4"], [2, "23"]), read("y")],
    [read("x"), read("y", [1, "23"], [2, "4"])],
    [read("x", [1, "23"]), read("y")],
  ].map((reads) => fingerprintText(inputFingerprint(graph, "code", reads)))
  expect(new Set(prints).size).toBe(prints.length)
})

test("a rerun without a hand-set version leaves what reads it fresh when the rows are the same", async () => {
  const graph = (salt: string) => {
    const up = dailyAsset("up", sql`${salt} from ${raw}`)
    return graphOf(raw, up, dailyAsset("down", sql`from ${up}`))
  }
  const world = worldWith(2)
  world.behaviour.rows = (_, asset) => asset
  await run(world, graph("1"))
  world.computed.length = 0
  await run(world, graph("2"))
  expect(world.computed).toEqual(["up 2026-01-01", "up 2026-01-02"])
})
