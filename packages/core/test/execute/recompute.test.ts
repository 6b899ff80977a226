import { expect, test } from "vitest"

import {
  FreshetError,
  createMaterializationCache,
  recompute,
  type Graph,
  type RecomputeEffects,
  type ReproducibilityResult,
} from "../../src/engine.ts"
import { last, sql } from "../../src/index.ts"
import { afterDay, dailyAsset, day, buildValidGraph, source } from "../declarations.ts"
import {
  evaluateProject,
  land,
  type MemoryProject,
  createMemoryProject,
  run,
} from "../memory-project.ts"
import { createEffects } from "../memory-project.ts"

const log = source("log")
const counts = dailyAsset("counts", sql`select n from ${log}`)
const week = dailyAsset("week", sql`select n from ${last(2, counts)}`)
const graph = buildValidGraph(log, counts, week)

/** Creates a project with two landed and materialized days. */
async function createMaterializedProject(): Promise<MemoryProject> {
  const project = createMemoryProject(afterDay(2))
  land(project, "log", day(1), "x1")
  land(project, "log", day(2), "x2")
  await run(project, graph)
  return project
}

/** Recomputes a partition of a project. */
async function recomputeStep(
  project: MemoryProject,
  name: string,
  partition: number,
  changed: { readonly graph?: Graph } & Partial<RecomputeEffects["engine"]> & {
      readonly landed?: string
    } = {},
): Promise<ReproducibilityResult> {
  const { graph: declared = graph, landed, ...engine } = changed
  const evaluation = evaluateProject(project, declared)
  const computation = declared.computations.find((computation) => computation.name === name)
  if (computation === undefined) throw new Error(`${name} is not declared`)
  const effects = createEffects(project, declared)
  return recompute(evaluation, computation, partition, {
    engine: { ...effects.engine, ...engine },
    cache: createMaterializationCache(effects.ledger),
    hash: effects.hash,
    readVersions: async ({ asset, partition: index }) =>
      project.steps.findLast((step) =>
        step.materializations.some(
          (record) => record.asset === asset && record.partition === index,
        ),
      )?.reads ?? [],
    isUnchanged: async ({ path }) => path !== landed,
  })
}

function findFile(project: MemoryProject, rows: string): string {
  const [file] = [...project.files].find(([, content]) => content === rows) ?? []
  return file ?? "none"
}

test("a partition with the recorded content is the same, and nothing is stored", async () => {
  const project = await createMaterializedProject()
  const before = [...project.files]
  expect(await recomputeStep(project, "week", day(2))).toEqual({ kind: "same" })
  expect([...project.files]).toEqual(before)
})

test("other rows from the same code and inputs mean that the asset is not deterministic", async () => {
  const project = await createMaterializedProject()
  const recomputed = async () => [{ asset: "week", rows: 7, dataVersion: "other" }]
  expect(await recomputeStep(project, "week", day(2), { recompute: recomputed })).toEqual({
    kind: "different",
    asset: "week",
    rows: { recordedRows: 1, recomputedRows: 7 },
  })
})

test("other rows from changed code are reported as a change of code", async () => {
  const project = await createMaterializedProject()
  const edited = buildValidGraph(
    log,
    counts,
    dailyAsset("week", sql`select n + 1 from ${last(2, counts)}`),
  )
  const recomputeRows = async () => [{ asset: "week", rows: 7, dataVersion: "other" }]
  expect(
    await recomputeStep(project, "week", day(2), { graph: edited, recompute: recomputeRows }),
  ).toEqual({
    kind: "code_changed",
    asset: "week",
    rows: { recordedRows: 1, recomputedRows: 7 },
  })
  expect(await recomputeStep(project, "week", day(2), { graph: edited })).toEqual({ kind: "same" })
})

test("a changed upstream file is reported, whether recomputing returns other rows or throws", async () => {
  const project = await createMaterializedProject()
  const file = findFile(project, "counts(x1)")
  const changed = { kind: "file_damaged", asset: "counts", partition: day(1), file }
  project.files.set(file, "counts(x9)")
  expect(await recomputeStep(project, "week", day(2))).toEqual(changed)
  project.files.delete(file)
  expect(await recomputeStep(project, "week", day(2))).toEqual(changed)
})

test("a changed file of the partition itself is found before recomputing", async () => {
  const project = await createMaterializedProject()
  const file = findFile(project, "counts(x2)")
  project.files.delete(file)
  const recomputeRows = async () => expect.unreachable("nothing is recomputed")
  expect(await recomputeStep(project, "counts", day(2), { recompute: recomputeRows })).toEqual({
    kind: "file_damaged",
    asset: "counts",
    partition: day(2),
    file,
  })
})

test("a landed file with other bytes than its hash is reported", async () => {
  const project = await createMaterializedProject()
  const recomputeRows = async () => [{ asset: "counts", rows: 2, dataVersion: "other" }]
  const changed = { recompute: recomputeRows, landed: `log/${day(2)}` }
  expect(await recomputeStep(project, "counts", day(2), changed)).toEqual({
    kind: "landed_changed",
    source: "log",
    path: `log/${day(2)}`,
  })
})

test("an error of the engine without a changed file is thrown", async () => {
  const project = await createMaterializedProject()
  const broken = new FreshetError("engine", "out of order")
  const recomputeRows = () => Promise.reject(broken)
  await expect(recomputeStep(project, "week", day(2), { recompute: recomputeRows })).rejects.toBe(
    broken,
  )
})

test("an input that is not retained or was not read is reported", async () => {
  const project = await createMaterializedProject()
  land(project, "log", day(1), "y1")
  expect(await recomputeStep(project, "counts", day(1))).toEqual({
    kind: "inputs_gone",
    asset: "log",
    partition: day(1),
  })
  const kept = project.records.findIndex(
    ({ asset, record }) => asset === "counts" && record.partition === day(1),
  )
  project.records.splice(kept, 1)
  expect(await recomputeStep(project, "week", day(2))).toEqual({
    kind: "inputs_gone",
    asset: "counts",
    partition: day(1),
  })
  const edited = buildValidGraph(
    log,
    counts,
    dailyAsset("week", sql`select n from ${last(3, counts)}`),
  )
  expect(await recomputeStep(project, "week", day(2), { graph: edited })).toEqual({
    kind: "inputs_gone",
    asset: "counts",
    partition: undefined,
  })
})

test("a replaced input is read in its recorded version while it is retained", async () => {
  const project = await createMaterializedProject()
  land(project, "log", day(1), "y1")
  const only = new Map([["counts", [{ from: day(1), to: day(1) }]]])
  await run(project, graph, () => ({ targets: only, publish: false }))
  expect(await recomputeStep(project, "counts", day(1))).toEqual({ kind: "same" })
  expect(await recomputeStep(project, "week", day(2))).toEqual({ kind: "same" })
})

test("a partition without a materialization cannot be recomputed", async () => {
  const project = await createMaterializedProject()
  expect(await recomputeStep(project, "week", day(9))).toEqual({ kind: "never_made" })
})
