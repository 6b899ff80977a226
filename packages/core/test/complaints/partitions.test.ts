import { expect, test } from "vitest"

import {
  buildPlan,
  countStates,
  countSteps,
  encodeFolderName,
  evaluate,
  findPartition,
  findPartitionBounds,
  formatPartitionKey,
  formatPartitions,
  getAssetStatus,
  listRangesWhere,
  type AssetRange,
  type Evaluation,
  type Graph,
  type Landing,
  type OnShortWindow,
} from "../../src/engine.ts"
import { createMaterializationCache } from "../../src/execute/materialization-cache.ts"
import {
  all,
  daily,
  hourly,
  last,
  latest,
  sql,
  staticKeys,
  unpartitioned,
} from "../../src/index.ts"
import { afterDay, dailyAsset, day, buildValidGraph, snapshotSource } from "../declarations.ts"
import { source, partitionedSource } from "../declarations.ts"
import { evaluateProject, requestEverything, identity, land } from "../memory-project.ts"
import { createMemoryProject, createProjectWithDays, run } from "../memory-project.ts"

const raw = source("raw")
const users = snapshotSource("users")

/** Evaluates a graph without materializations, when `users` has landed. */
function evaluateEmptyLedger(graph: Graph, nowMs: number): Evaluation {
  const landed = new Map([[0, { files: [], version: "v" }]])
  const landing: Landing = new Map([["users", landed]])
  const noRecords = new Map<string, never>()
  const snapshot = {
    version: "",
    histories: noRecords,
    failures: noRecords,
    publications: noRecords,
    firstRuns: noRecords,
  }
  const bounds = findPartitionBounds(graph, landing, nowMs)
  return evaluate({ graph, landing, bounds }, snapshot, new Map(), identity)
}

const manyKeys = (count: number) =>
  staticKeys(Array.from({ length: count }, (_, index) => `key ${index}`))

test("a million partitions are planned as one range (pain 32)", () => {
  const partitions = hourly({ start: "1926-01-01T00" })
  const asset = dailyAsset("a", sql`from ${users}`, { partitions })
  const evaluation = evaluateEmptyLedger(buildValidGraph(users, asset), Date.UTC(2040, 0, 29, 16))
  const plan = buildPlan(evaluation, requestEverything(evaluation))
  expect(countSteps(plan)).toBe(1_000_000)
  expect(plan.work.map(({ ranges }) => ranges)).toHaveLength(1)
  expect(plan.work[0]?.ranges).toHaveLength(1)
})

test("the text for forty thousand partitions is a few ranges and counts (pain 33)", () => {
  const partitions = daily({ start: "1916-01-01" })
  const asset = dailyAsset("a", sql`from ${users}`, { partitions })
  const evaluation = evaluateEmptyLedger(buildValidGraph(users, asset), afterDay(1))
  expect(countStates(evaluation, asset.computation).missing).toBe(40_179)
  expect(listRangesWhere(evaluation, asset.computation, () => true)).toHaveLength(1)
})

test("a hundred thousand keys of several assets are planned together (pain 34)", () => {
  const partitions = manyKeys(100_000)
  const a = dailyAsset("a", sql`from ${users}`, { partitions })
  const b = dailyAsset("b", sql`from ${a}`, { partitions })
  const evaluation = evaluateEmptyLedger(buildValidGraph(users, a, b), 0)
  expect(countSteps(buildPlan(evaluation, requestEverything(evaluation)))).toBe(200_000)
})

test("the state of one asset of many partitions is counted without naming them (pain 35)", () => {
  const asset = dailyAsset("a", sql`from ${users}`, { partitions: manyKeys(33_000) })
  const evaluation = evaluateEmptyLedger(buildValidGraph(users, asset), 0)
  expect(countStates(evaluation, asset.computation)).toEqual({
    fresh: 0,
    stale: 0,
    missing: 33_000,
    failed: 0,
    blocked: 0,
  })
})

test("three dimensions are static keys of their combinations, each evaluated on its own (pain 36)", async () => {
  const [regions, channels] = [
    ["eu", "us"],
    ["web", "shop", "app"],
  ] as const
  const keys = regions.flatMap((region) =>
    channels.flatMap((channel) => ["new", "old"].map((kind) => `${region},${channel},${kind}`)),
  )
  const partitions = staticKeys(keys)
  const sales = partitionedSource("sales", partitions)
  const sums = dailyAsset("sums", sql`from ${sales}`, { partitions })
  const total = dailyAsset("total", sql`from ${all(sums)}`, { partitions: unpartitioned })
  const graph = buildValidGraph(sales, sums, total)
  const project = createMemoryProject(afterDay(1))
  for (const index of keys.keys()) land(project, "sales", index, `v${index}`)
  await run(project, graph)
  expect(project.computed).toHaveLength(13)
  project.computed.length = 0
  land(project, "sales", keys.indexOf("us,shop,old"), "corrected")
  await run(project, graph)
  expect(project.computed).toEqual(["sums us,shop,old", "total all"])
})

test("keys may have commas, slashes, quotes and blanks (pain 37)", async () => {
  const keys = ["a,b", "a", "b", "x/y", "..", "it's", '"q"', " ", "eu;us", "é", "|", "a%2Cb"]
  const partitions = staticKeys(keys)
  expect(keys.map((key) => findPartition(partitions, key))).toEqual(keys.map((_, index) => index))
  expect(keys.map((_, index) => formatPartitionKey(partitions, index))).toEqual(keys)
  expect(new Set(keys.map(encodeFolderName)).size).toBe(keys.length)
  const up = partitionedSource("up", partitions)
  const graph = buildValidGraph(up, dailyAsset("a", sql`from ${up}`, { partitions }))
  const project = createMemoryProject(afterDay(1))
  for (const index of keys.keys()) land(project, "up", index, `v${index}`)
  await run(project, graph)
  expect(project.computed).toEqual(keys.map((key) => `a ${key}`))
  land(project, "up", 0, "corrected")
  project.computed.length = 0
  await run(project, graph)
  expect(project.computed).toEqual(["a a,b"])
})

test("static keys are listed one by one, in quotes where they are ambiguous (pain 37)", () => {
  const keys = ["oslo", "são paulo", "a,b", "it's", "x/y", "ü", "us", "eu"]
  const graph = buildValidGraph(
    dailyAsset("a", sql`select 1 as n`, { partitions: staticKeys(keys) }),
  )
  const text = (...ranges: readonly (readonly [number, number])[]) =>
    formatPartitions(
      graph,
      "a",
      ranges.map(([from, to]) => ({ from, to })),
    )
  expect(text([0, 0])).toBe("oslo")
  expect(text([0, 1], [7, 7])).toBe('oslo, "são paulo", eu')
  expect(text([1, 7])).toBe('"são paulo", "a,b", "it\'s", x/y, ü, us and 1 more')
  expect(text([0, 7])).toBe("all 8 keys")
})

test("a wiped partition is missing, and a run materializes only that partition (pain 38)", async () => {
  const a = dailyAsset("a", sql`from ${raw}`)
  const graph = buildValidGraph(raw, a, dailyAsset("week", sql`from ${last(7, a)}`))
  const project = createProjectWithDays([1, 2, 3])
  await run(project, graph)
  const wiped = project.records.findIndex(
    (stored) => stored.asset === "a" && stored.key === "2026-01-02",
  )
  project.records.splice(wiped, 1)
  expect(getAssetStatus(evaluateProject(project, graph), a, day(2)).kind).toBe("missing")
  project.computed.length = 0
  const result = await run(project, graph)
  expect(project.computed).toEqual(["a 2026-01-02"])
  expect(result.steps.get("week 2026-01-03")).toEqual({ kind: "unchanged" })
})

test("a few ranges query the ledger for tens of thousands of keys (pain 39)", async () => {
  const asked: AssetRange[] = []
  const book = createMaterializationCache({
    readMaterializations: async (wanted) => {
      asked.push(...wanted)
      return []
    },
  })
  await book.load([{ asset: "a", range: { from: 0, to: 35_999 } }])
  await book.load([{ asset: "a", range: { from: 17, to: 17 } }])
  expect(asked.length).toBeLessThan(150)
})

test.each<[OnShortWindow, readonly string[]]>([
  ["truncate", ["week 2026-01-01", "week 2026-01-02", "week 2026-01-03"]],
  ["error", ["week 2026-01-03"]],
  ["skip", ["week 2026-01-03"]],
])(
  "a rolling window at the start of history follows its declaration: %s (pain 40)",
  async (onShortWindow, made) => {
    const week = dailyAsset("week", sql`from ${last(3, raw, { onShortWindow })}`)
    const project = createProjectWithDays([1, 2, 3])
    await run(project, buildValidGraph(raw, week))
    expect(project.computed).toEqual(made)
    const short = project.steps.map((step) => step.reads.some((read) => read.short))
    expect(short).toEqual(made.map((_, index) => onShortWindow === "truncate" && index < 2))
    const states = countStates(
      evaluateProject(project, buildValidGraph(raw, week)),
      week.computation,
    )
    expect(states.blocked).toBe(onShortWindow === "error" ? 2 : 0)
  },
)

test("an unpartitioned asset reads the last days of a partitioned one (pain 40)", async () => {
  const week = dailyAsset("week", sql`from ${last(3, raw)}`)
  const once = dailyAsset("once", sql`from ${latest(week)}`, { partitions: unpartitioned })
  const graph = buildValidGraph(raw, week, once)
  const project = createProjectWithDays([1, 2, 3, 4])
  await run(project, graph)
  expect([...project.files.values()].at(-1)).toBe("once(week(r2+r3+r4))")
  land(project, "raw", day(5), "r5")
  await run(project, graph)
  expect([...project.files.values()].at(-1)).toBe("once(week(r3+r4+r5))")
})

test("a window of seven days has seven days across a change of clocks (pain 41)", async () => {
  const zone = "America/New_York" // clocks go forward on 2026-03-08
  const local = daily({ start: "2026-01-01", zone })
  const up = partitionedSource("up", local)
  const week = dailyAsset("week", sql`from ${last(7, up)}`, { partitions: local })
  const graph = buildValidGraph(up, week)
  const index = (key: string) => findPartition(local, key)!
  const project = createMemoryProject(Date.UTC(2026, 3, 1))
  for (let each = index("2026-03-01"); each <= index("2026-03-14"); each += 1)
    land(project, "up", each, formatPartitionKey(local, each))
  const only = [{ from: index("2026-03-10"), to: index("2026-03-10") }]
  await run(project, graph, () => ({ targets: new Map([["week", only]]), publish: false }))
  const march = (from: number, to: number) =>
    Array.from(
      { length: to - from + 1 },
      (_, at) => `2026-03-${String(from + at).padStart(2, "0")}`,
    )
  expect([...project.files.values()]).toEqual([`week(${march(4, 10).join("+")})`])
})

test("the newest partition is the last ended day, not the current one (pain 41)", () => {
  const zone = "Asia/Tokyo" // nine hours ahead of UTC
  const partitions = daily({ start: "2026-01-01", zone })
  const asset = dailyAsset("a", sql`from ${users}`, { partitions })
  const graph = buildValidGraph(users, asset)
  const newest = (nowMs: number) =>
    formatPartitionKey(partitions, evaluateEmptyLedger(graph, nowMs).bounds.get("a")!.to)
  expect(newest(Date.UTC(2026, 0, 5, 15) - 1)).toBe("2026-01-04")
  expect(newest(Date.UTC(2026, 0, 5, 15))).toBe("2026-01-05")
})

test("a read of all partitions includes the first and the last (pain 41)", async () => {
  const total = dailyAsset("total", sql`from ${all(raw)}`, { partitions: unpartitioned })
  const project = createProjectWithDays([1, 2, 3])
  await run(project, buildValidGraph(raw, total))
  expect([...project.files.values()]).toEqual(["total(r1+r2+r3)"])
})
