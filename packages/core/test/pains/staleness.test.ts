import { expect, test } from "vitest"

import {
  assetNamed,
  assetStatus,
  codeAsset,
  countStates,
  int32,
  last,
  sql,
} from "../../src/index.ts"
import {
  parseSelection,
  resolveSelection,
  stateKind,
  factsAt,
  statusText,
} from "../../src/index.ts"
import type { Graph, HasState } from "../../src/index.ts"
import {
  afterDay,
  dailyAsset,
  day,
  everyDay,
  graphOf,
  snapshotSource,
  source,
} from "../declared.ts"
import { type MemoryWorld, evaluateIn, land, memoryWorld, run } from "../memory-world.ts"

const raw = source("raw")
const a = dailyAsset("a", sql`from ${raw}`)
const b = dailyAsset("b", sql`from ${a}`)
const chain = graphOf(raw, a, b)

function worldWith(days: readonly number[]): MemoryWorld {
  const world = memoryWorld(afterDay(20))
  for (const each of days) land(world, "raw", day(each), `r${each}`)
  return world
}

const states = (world: MemoryWorld, graph: Graph, name: string) =>
  countStates(evaluateIn(world, graph), assetNamed(graph, name).computation)

/** Runs, and tells what was computed: `a 2026-01-05`. */
async function computed(world: MemoryWorld, graph: Graph): Promise<readonly string[]> {
  world.computed.length = 0
  await run(world, graph)
  return [...world.computed]
}

test("steps after one whose rows came out the same are not done in that very run (pain 8)", async () => {
  const world = worldWith([1, 2])
  world.behaviour.rows = (_, asset) => asset
  await run(world, chain)
  land(world, "raw", day(1), "corrected")
  expect(await computed(world, chain)).toEqual(["a 2026-01-01"])
})

test("a partitioned asset does not look synced while partitions of it are not (pain 9)", async () => {
  const world = worldWith([1, 2, 3])
  await run(world, chain)
  land(world, "raw", day(2), "corrected")
  land(world, "raw", day(4), "r4")
  expect(states(world, chain, "b")).toMatchObject({ fresh: 2, stale: 1, missing: 1 })
})

test("a bumped code version of a partitioned asset is noticed in every partition (pain 10)", async () => {
  const bumped = (version: string) =>
    graphOf(
      raw,
      codeAsset({
        name: "a",
        group: "g",
        description: "",
        partitions: everyDay,
        columns: { n: int32() },
        version,
        upstream: { raw },
        async *compute() {},
      }),
    )
  const world = worldWith([1, 2, 3])
  await run(world, bumped("1"))
  expect(states(world, bumped("1"), "a").fresh).toBe(3)
  const evaluation = evaluateIn(world, bumped("2"))
  const causes = [1, 2, 3].map((each) =>
    assetStatus(evaluation, assetNamed(evaluation.graph, "a"), day(each)),
  )
  for (const status of causes)
    expect(status).toMatchObject({ kind: "stale", causes: [{ kind: "code" }] })
})

test("a changed upstream is seen by the partitions that read it, and by no others (pain 11)", async () => {
  const week = dailyAsset("week", sql`from ${last(3, a)}`)
  const graph = graphOf(raw, a, week)
  const world = worldWith([1, 2, 3, 4, 5, 6, 7])
  await run(world, graph)
  land(world, "raw", day(3), "corrected")
  const evaluation = evaluateIn(world, graph)
  const kinds = [1, 2, 3, 4, 5, 6, 7].map((each) =>
    stateKind(factsAt(evaluation, week.computation, day(each))),
  )
  const [fresh, stale] = ["fresh", "stale"]
  expect(kinds).toEqual([fresh, fresh, stale, stale, stale, fresh, fresh])
})

test("assets that were just computed are fresh, however the run went through them (pain 12)", async () => {
  const wide = graphOf(raw, a, b, dailyAsset("c", sql`from ${a}, ${b}, ${last(2, b)}`))
  for (const concurrency of [1, 4]) {
    const world = worldWith([1, 2, 3])
    await run(world, wide, undefined, { concurrency })
    for (const name of ["a", "b", "c"]) expect(states(world, wide, name).fresh).toBe(3)
  }
})

test("a new version of what somebody else makes marks everything downstream (pain 13)", async () => {
  const users = snapshotSource("users")
  const graph = graphOf(raw, users, a, dailyAsset("c", sql`from ${a}, ${users}`))
  const world = worldWith([1, 2])
  land(world, "users", 0, "u1")
  await run(world, graph)
  land(world, "users", 0, "u2")
  expect([states(world, graph, "a").fresh, states(world, graph, "c").stale]).toEqual([2, 2])
})

test("a change is seen across the groups that assets belong to (pain 14)", async () => {
  const other = dailyAsset("other", sql`from ${b}`, { group: "another_team" })
  const graph = graphOf(raw, a, b, other)
  const world = worldWith([1])
  await run(world, graph)
  land(world, "raw", day(1), "corrected")
  expect(assetStatus(evaluateIn(world, graph), other, day(1))).toMatchObject({
    causes: [{ kind: "upstream", asset: "b" }],
  })
})

test("an input that changes while the run is under way is not taken for the one that was read (pain 15)", async () => {
  const world = worldWith([1])
  world.behaviour.beforeCompute = (step) => {
    if (step.startsWith("b")) land(world, "raw", day(1), "changed meanwhile")
  }
  await run(world, chain)
  expect([...world.files.values()]).toEqual(["a(r1)", "b(a(r1))"])
  expect(["a", "b"].map((name) => states(world, chain, name).stale)).toEqual([1, 1])
  world.behaviour.beforeCompute = () => {}
  expect(await computed(world, chain)).toEqual(["a 2026-01-01", "b 2026-01-01"])
})

test("no stale flag stays once what caused it is gone (pain 16)", async () => {
  const world = worldWith([1, 2])
  await run(world, chain)
  land(world, "raw", day(1), "corrected")
  await run(world, chain)
  land(world, "raw", day(2), "wrong")
  land(world, "raw", day(2), "r2")
  const without = graphOf(raw, a, dailyAsset("b", sql`from ${raw}`))
  expect(states(world, without, "b").stale).toBe(2)
  for (const name of ["a", "b"]) expect(states(world, chain, name)).toMatchObject({ fresh: 2 })
})

test("versions follow what was read and how, not when or how often (pain 17)", async () => {
  const world = worldWith([1])
  await run(world, chain)
  const versions = world.steps.map(({ fingerprint }) => fingerprint)
  const again = worldWith([1])
  again.nowMs += 1e9
  await run(again, chain)
  await run(again, chain)
  expect(again.steps.map(({ fingerprint }) => fingerprint)).toEqual(versions)
})

test("a setting that is turned back finds the rows that were made with it (pain 18)", async () => {
  const graph = (days: number) => graphOf(raw, dailyAsset("a", sql`${days} from ${raw}`))
  const world = worldWith([1, 2])
  await run(world, graph(7))
  expect(await computed(world, graph(30))).toHaveLength(2)
  expect(await computed(world, graph(7))).toEqual([])
  expect(await computed(world, graph(30))).toEqual([])
})

test("renaming an asset keeps its history (pain 19)", async () => {
  const world = worldWith([1, 2])
  await run(world, chain)
  const renamed = dailyAsset("renamed", sql`from ${raw}`, { formerly: ["a"] })
  const graph = graphOf(raw, renamed, dailyAsset("b", sql`from ${renamed}`))
  expect(await computed(world, graph)).toEqual([])
  expect(states(world, graph, "renamed").fresh).toBe(2)
})

test("assets are selected by why they are stale (pain 20)", async () => {
  const world = worldWith([1, 2])
  await run(world, chain)
  const edited = dailyAsset("b", sql`from ${a} where true`)
  const graph = graphOf(raw, a, edited, dailyAsset("c", sql`from ${edited}`))
  await run(world, graphOf(raw, a, b, dailyAsset("c", sql`from ${b}`)))
  land(world, "raw", day(2), "corrected")
  const evaluation = evaluateIn(world, graph)
  const has: HasState = (asset, attribute, value) => {
    const status = assetStatus(evaluation, asset, day(2))
    if (attribute === "status") return status.kind === value
    return status.kind === "stale" && status.causes.some(({ kind }) => kind === value)
  }
  const selected = (text: string) => {
    const parsed = parseSelection(text)
    if (parsed.kind === "problem") throw new Error(parsed.problem.message)
    return resolveSelection(graph, parsed.selection, has).names
  }
  expect(selected("status:stale")).toEqual(["a", "b", "c"])
  expect(selected("stale:input")).toEqual(["a"])
  expect(selected("stale:code")).toEqual(["b"])
  expect(selected("stale:upstream")).toEqual(["b", "c"])
  expect(selected("stale:upstream and not stale:code")).toEqual(["c"])
  expect(statusText(graph, assetStatus(evaluation, edited, day(1)))).toBe("its code changed")
})
