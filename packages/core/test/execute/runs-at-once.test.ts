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

/** Returns a request of some days of `slow`. */
const requestSlowDays =
  (from: number, to: number): (() => PlanRequest) =>
  () => ({ targets: new Map([["slow", [{ from: day(from), to: day(to) }]]]), publish: false })

test("a run of a lower priority goes on when a step of a higher one hangs, and only until that run goes on", async () => {
  const project = createProjectWithDays([1, 2, 3])
  const held = holdStep(project, "a 2026-01-01")
  const stalls: (() => void)[] = []
  project.behaviour.stall = () => new Promise((resolve) => stalls.push(resolve))
  const requestDay: typeof requestEverything = () => ({
    targets: new Map([["b", [{ from: day(1), to: day(1) }]]]),
    publish: false,
  })
  const scheduled = run(project, chain, requestDay, { kind: "schedule", concurrency: 2 })
  await held.started
  await expect.poll(() => stalls).not.toEqual([])
  const stallsOfScheduled = stalls.length
  const requestOther: typeof requestEverything = () => ({
    targets: new Map([["other", [{ from: day(1), to: day(3) }]]]),
    publish: false,
  })
  const backfill = run(project, chain, requestOther, { kind: "backfill" })
  await expect.poll(() => project.events).toContainEqual({ kind: "run_outranked" })
  expect(project.computed).toEqual(["a 2026-01-01"])
  for (const stall of stalls.slice(0, stallsOfScheduled)) stall()
  expect((await backfill).outcome).toBe("succeeded")
  expect([...project.waits]).toEqual([["run 1", []]])
  held.release()
  expect((await scheduled).outcome).toBe("succeeded")
  expect([...project.waits]).toEqual([])
})

test("a run of a lower priority goes on while a higher one only waits for a retry", async () => {
  const project = createProjectWithDays([1, 2, 3])
  const retried = buildValidGraph(
    raw,
    dailyAsset("slow", sql`select 2 from ${raw}`, { retries: { attempts: 2 } }),
  )
  let [startPause, endPause] = [() => {}, () => {}]
  const pauseStarted = new Promise<void>((resolve) => (startPause = resolve))
  const pauseEnded = new Promise<void>((resolve) => (endPause = resolve))
  let failures = 0
  project.behaviour.beforeCompute = (step) => {
    if (step === "slow 2026-01-03" && (failures += 1) === 1) throw new Error("not yet")
  }
  project.behaviour.pause = () => {
    startPause()
    return pauseEnded
  }
  const scheduled = run(project, retried, requestSlowDays(3, 3), { kind: "schedule" })
  await pauseStarted
  await expect.poll(() => [...project.waits]).toEqual([["run 1", []]])
  const backfill = run(project, retried, requestSlowDays(1, 2), { kind: "backfill" })
  expect((await backfill).outcome).toBe("succeeded")
  endPause()
  expect((await scheduled).outcome).toBe("succeeded")
  expect(project.computed).toEqual([
    "slow 2026-01-03",
    "slow 2026-01-01",
    "slow 2026-01-02",
    "slow 2026-01-03",
  ])
  expect([...project.waits]).toEqual([])
})

test("a run that waits for a step of another one records the pool of the step", async () => {
  const project = createProjectWithDays([1])
  const pooled = buildValidGraph(
    raw,
    dailyAsset("slow", sql`select 2 from ${raw}`, { pool: "api" }),
  )
  const held = holdStep(project, "slow 2026-01-01")
  const backfill = run(project, pooled, requestSlowDays(1, 1), { kind: "backfill" })
  await held.started
  const scheduled = run(project, pooled, requestSlowDays(1, 1), { kind: "schedule" })
  await expect.poll(() => [...project.waits]).toEqual([["run 2", ["api"]]])
  held.release()
  expect((await backfill).outcome).toBe("succeeded")
  expect(listOutcomes(await scheduled)).toEqual({ "slow 2026-01-01": "reused" })
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
