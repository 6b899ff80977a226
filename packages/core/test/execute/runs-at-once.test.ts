import { expect, test } from "vitest"

import { assistRun, buildPlan, FreshetError, type PlanRequest } from "../../src/engine.ts"
import { publishTo, sql } from "../../src/index.ts"
import { buildValidGraph, dailyAsset, day, source } from "../declarations.ts"
import { releaseAll } from "../memory-claims.ts"
import {
  createEffects,
  createProjectWithDays,
  land,
  type MemoryProject,
  proveProject,
  requestEverything,
  run,
} from "../memory-project.ts"
import { chain, listOutcomes } from "./chain.ts"

const table = { $inferInsert: {} }
const raw = source("raw")
const recs = dailyAsset("recs", sql`from ${raw}`, { publish: publishTo(table, { set: "recs" }) })
const slow = dailyAsset("slow", sql`select 2 from ${raw}`)
const graph = buildValidGraph(raw, recs, slow)

const requestRecs = (): PlanRequest => ({
  targets: new Map([["recs", [{ from: day(1), to: day(1) }]]]),
  publish: true,
})

/** Holds a step of the engine until it is released. */
function holdStep(project: MemoryProject, step: string) {
  let [start, release] = [() => {}, () => {}]
  const started = new Promise<void>((resolve) => (start = resolve))
  const released = new Promise<void>((resolve) => (release = resolve))
  let isFirst = true
  project.behaviour.pause = () => new Promise((resolve) => setImmediate(resolve))
  project.behaviour.beforeCompute = async (computed) => {
    if (computed !== step || !isFirst) return
    isFirst = false
    start()
    await released
  }
  return { started, release }
}

test("an older run does not replace the published rows of a newer one", async () => {
  const project = createProjectWithDays([1])
  const held = holdStep(project, "slow 2026-01-01")
  const older = run(project, graph)
  await held.started
  land(project, "raw", day(1), "newer")
  expect((await run(project, graph, requestRecs)).outcome).toBe("succeeded")
  held.release()
  expect((await older).outcome).toBe("succeeded")
  expect(project.publications.map(({ tables }) => tables[0]?.partitions)).toMatchObject([
    [{ dataVersion: "recs(newer)" }],
  ])
})

test("a step under way in another run is waited for, and its rows are reused", async () => {
  const project = createProjectWithDays([1])
  const held = holdStep(project, "a 2026-01-01")
  const first = run(project, chain)
  await held.started
  const second = run(project, chain)
  await expect
    .poll(() => project.events)
    .toContainEqual(expect.objectContaining({ kind: "step_waiting", step: "a 2026-01-01" }))
  held.release()
  await first
  expect(listOutcomes(await second)).toMatchObject({ "a 2026-01-01": "reused" })
  expect(project.computed.filter((step) => step === "a 2026-01-01")).toHaveLength(1)
})

test("the step of a run that died is done by the run that waits for it", async () => {
  const project = createProjectWithDays([1])
  const held = holdStep(project, "a 2026-01-01")
  const dead = run(project, chain)
  await held.started
  project.behaviour.beforeRecord = ({ run: id }) => {
    if (id === "run 1") throw new FreshetError("ledger", "its run has ended")
  }
  const survivor = run(project, chain)
  releaseAll(project.claims, "run 1")
  expect(listOutcomes(await survivor)).toMatchObject({ "c 2026-01-01": "materialized" })
  held.release()
  await expect(dead).rejects.toThrow("its run has ended")
  expect(project.steps.map((step) => step.run)).not.toContain("run 1")
})

test("a run of a lower priority starts no step while a higher one is under way, and its step under way goes on", async () => {
  const project = createProjectWithDays([1, 2, 3])
  const held = holdStep(project, "slow 2026-01-01")
  const requestSlow = (): PlanRequest => ({
    targets: new Map([["slow", [{ from: day(1), to: day(3) }]]]),
    publish: true,
  })
  const backfill = run(project, graph, requestSlow, { kind: "backfill" })
  await held.started
  const scheduled = run(project, graph, requestRecs, { kind: "schedule" })
  project.behaviour.beforeRecord = async ({ computation }) => {
    if (computation !== "recs") return
    held.release()
    await expect.poll(() => project.events).toContainEqual({ kind: "run_outranked" })
  }
  expect((await scheduled).outcome).toBe("succeeded")
  expect((await backfill).outcome).toBe("succeeded")
  expect(project.events.filter(({ kind }) => kind === "run_outranked")).toHaveLength(1)
  expect(project.computed).toEqual([
    "slow 2026-01-01",
    "recs 2026-01-01",
    "slow 2026-01-02",
    "slow 2026-01-03",
  ])
})

test("a process that assists a run leaves it when a run of a higher priority is under way", async () => {
  const project = createProjectWithDays([1, 2])
  const evaluation = await proveProject(project, graph)
  const { work } = buildPlan(evaluation, requestEverything(evaluation, false))
  project.priorities.set("backfill", 1).set("higher", 2)
  const options = { concurrency: 2, pools: {}, failFast: false }
  await assistRun(
    { run: "backfill", evaluation, work },
    createEffects(project, graph, "backfill"),
    options,
  )
  expect(project.computed).toEqual([])
  expect([...project.claims]).toEqual([])
})
