import { expect, test } from "vitest"

import { canBecomeReady, findWaitingSets, type Graph } from "../../src/engine.ts"
import { daily, publishTo, sql } from "../../src/index.ts"
import { buildValidGraph, dailyAsset, day, partitionedSource, source } from "../declarations.ts"
import {
  createProjectWithDays,
  evaluateProject,
  land,
  type MemoryProject,
  run,
} from "../memory-project.ts"

const raw = source("raw")
const rawToo = partitionedSource("raw_too", daily({ start: "2026-01-01" }))
const published = (name: string, query: ReturnType<typeof sql>) =>
  dailyAsset(name, query, { publish: publishTo({ $inferInsert: {} }, { set: "s" }) })
const one = published("one", sql`from ${raw}`)
const two = published("two", sql`from ${rawToo}`)
const made = published("made", sql`select 1`)
const graph = buildValidGraph(raw, rawToo, one, two, made)

function listWaits(project: MemoryProject, waitingGraph: Graph) {
  const evaluation = evaluateProject(project, waitingGraph)
  return findWaitingSets(evaluation, ["s"], (asset, partition) =>
    canBecomeReady(evaluation, asset, partition),
  ).map(({ key, waitsFor }) => [key, ...waitsFor.map(({ asset, reason }) => `${asset}: ${reason}`)])
}

test("a source with gaps ends its readers, and the clock of other members is none to wait for", async () => {
  const sparse = partitionedSource("sparse", daily({ start: "2026-01-01" }), {
    whenMissing: "gap",
  })
  const reader = published("reader", sql`from ${sparse}`)
  const gapGraph = buildValidGraph(sparse, reader, made)
  const project = createProjectWithDays([])
  land(project, "sparse", day(2), "s2")
  await run(project, gapGraph)
  expect(listWaits(project, gapGraph)).toEqual([])
  expect(project.published.get("s")?.partitionKey).toBe("2026-01-02")
})

/** A project in which both sources landed days 1 and 2, and `raw` day 3 too. */
function createLateProject(): MemoryProject {
  const project = createProjectWithDays([1, 2, 3])
  for (const dayOfMonth of [1, 2]) land(project, "raw_too", day(dayOfMonth), `t${dayOfMonth}`)
  return project
}

test("a set waits for the asset that lacks the newest partition of another one; the clock alone is none to wait for", async () => {
  const project = createLateProject()
  expect(listWaits(project, graph)).toEqual([
    ["2026-01-03", "two: its newest partition is 2026-01-02"],
  ])
  const { plan } = await run(project, graph)
  expect(plan.waitingSets.map(({ set, key }) => `${set} ${key}`)).toEqual(["s 2026-01-03"])
  expect(project.published.get("s")?.partitionKey).toBe("2026-01-02")
  land(project, "raw_too", day(3), "t3")
  expect(listWaits(project, graph)).toEqual([])
  expect((await run(project, graph)).plan.waitingSets).toEqual([])
})

test("a table that joins a set with an older day does not move the set back", async () => {
  const project = createProjectWithDays([1, 2, 3])
  land(project, "raw_too", day(1), "t1")
  await run(project, buildValidGraph(raw, one))
  const joined = buildValidGraph(raw, rawToo, one, two)
  expect((await run(project, joined)).publications).toEqual([])
  expect(project.published.get("s")?.partitionKey).toBe("2026-01-03")
  expect(listWaits(project, joined)).toEqual([
    ["2026-01-03", "two: its newest partition is 2026-01-01"],
  ])
})
