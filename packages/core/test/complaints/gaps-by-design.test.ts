import { expect, test } from "vitest"

import {
  fingerprintInputs,
  formatFingerprint,
  getAssetStatus,
  type Graph,
} from "../../src/engine.ts"
import { all, last, previous, sql, unpartitioned } from "../../src/index.ts"
import { dailyAsset, day, buildValidGraph, source } from "../declarations.ts"
import {
  type MemoryProject,
  evaluateProject,
  land,
  createProjectWithDays,
  countProjectStates,
  run,
} from "../memory-project.ts"

const raw = source("raw")
const a = dailyAsset("a", sql`from ${raw}`)

/** Creates a project in which `raw` has landed the first days of January, all of them ended. */
const createProject = (days: number) =>
  createProjectWithDays(
    Array.from({ length: days }, (_, index) => index + 1),
    {},
    days,
  )

const countStale = (project: MemoryProject, graph: Graph, name: string) =>
  countProjectStates(project, graph, name).stale

test("a partitioned asset is not fresh as long as one of its partitions is not", async () => {
  const project = createProject(30)
  await run(project, buildValidGraph(raw, a))
  land(project, "raw", day(12), "corrected")
  expect(countProjectStates(project, buildValidGraph(raw, a), "a")).toMatchObject({
    fresh: 29,
    stale: 1,
  })
})

test("a landed file makes its readers stale without an observation step", async () => {
  const project = createProject(3)
  await run(project, buildValidGraph(raw, a))
  land(project, "raw", day(2), "corrected")
  expect(
    getAssetStatus(evaluateProject(project, buildValidGraph(raw, a)), a, day(2)),
  ).toMatchObject({
    kind: "stale",
  })
})

test("a read of more than a hundred partitions is evaluated like a smaller one", async () => {
  const year = dailyAsset("year", sql`from ${last(365, a)}`)
  const graph = buildValidGraph(raw, a, year)
  const project = createProject(400)
  await run(project, graph)
  land(project, "raw", day(20), "corrected")
  expect(countStale(project, graph, "year")).toBe(365)
})

test("a chain of more than a hundred previous partitions is evaluated to its end", async () => {
  const sum = dailyAsset("sum", sql`from ${raw}, ${previous()}`)
  const graph = buildValidGraph(raw, sum)
  const project = createProject(150)
  project.behaviour.rows = (request, _, read) =>
    String(request.relations.flatMap(read).reduce((sum, each) => sum + each.length, 0) % 1009)
  await run(project, graph)
  land(project, "raw", day(20), "corrected")
  expect(countStale(project, graph, "sum")).toBe(131)
})

test("a read of all partitions of time notices a change in each of them", async () => {
  const total = dailyAsset("total", sql`from ${all(a)}`, { partitions: unpartitioned })
  const graph = buildValidGraph(raw, a, total)
  const project = createProject(120)
  await run(project, graph)
  expect(countProjectStates(project, graph, "total").fresh).toBe(1)
  land(project, "raw", day(3), "corrected")
  expect(countStale(project, graph, "total")).toBe(1)
})

test("a parameter that a query interpolates is part of its version", async () => {
  const asking = (parameter: number) =>
    buildValidGraph(raw, dailyAsset("a", sql`${parameter} from ${raw}`))
  const project = createProject(2)
  await run(project, asking(7))
  expect(countStale(project, asking(8), "a")).toBe(2)
  expect(countStale(project, asking(7), "a")).toBe(0)
})

test("everything downstream of a stale asset is stale before any run", async () => {
  const b = dailyAsset("b", sql`from ${a}`)
  const c = dailyAsset("c", sql`from ${b}`)
  const graph = buildValidGraph(raw, a, b, c)
  const project = createProject(1)
  await run(project, graph)
  land(project, "raw", day(1), "corrected")
  expect(["a", "b", "c"].map((name) => countStale(project, graph, name))).toEqual([1, 1, 1])
})

test("different inputs have different versions even if their concatenated texts are equal", () => {
  const [x, y] = [source("x"), source("y")]
  const graph = buildValidGraph(x, y)
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
  ].map((reads) => formatFingerprint(fingerprintInputs(graph, "code", reads)))
  expect(new Set(prints).size).toBe(prints.length)
})

test("a rerun with equal rows leaves its readers fresh without a declared version", async () => {
  const graph = (salt: string) => {
    const up = dailyAsset("up", sql`${salt} from ${raw}`)
    return buildValidGraph(raw, up, dailyAsset("down", sql`from ${up}`))
  }
  const project = createProject(2)
  project.behaviour.rows = (_, asset) => asset
  await run(project, graph("1"))
  project.computed.length = 0
  await run(project, graph("2"))
  expect(project.computed).toEqual(["up 2026-01-01", "up 2026-01-02"])
})
