import fc from "fast-check"
import { expect } from "vitest"

import {
  buildPlan,
  findFreshInput,
  findPartition,
  formatFingerprint,
  formatPartitionKey,
  getPartitions,
  isFresh,
  listPartitions,
  listRangesWhere,
  toRanges,
  type Evaluation,
  type Graph,
  type PlanRequest,
} from "../../src/engine.ts"
import { definePartitions, listNames } from "../memory-history.ts"
import {
  type PlannedRun,
  proveProject,
  requestEverything,
  run,
  listStepIds,
} from "../memory-project.ts"
import { buildPartitions } from "./declare-shape.ts"
import { applyEdits } from "./edits.ts"
import {
  type ExpectedRun,
  copyPast,
  applyRecorded,
  createSourceReadsLookup,
  failsCheck,
  findFresh,
  findPassedRows,
  runOracle,
} from "./expected-run.ts"
import {
  expectPublished,
  followWriters,
  expectTablesFromScratch,
  readTables,
} from "./publications.ts"
import {
  type Replay,
  startFromScratch,
  startReplay,
  arrangeRun,
  buildCurrentGraph,
} from "./replay.ts"
import { getComputationName, getName, listPresentComputations } from "./shape.ts"
import { type Chapter, type Story, story } from "./story.ts"
import { type Truth, findTruths } from "./truth.ts"

type Truths = ReadonlyMap<string, Truth>

/** The name of a partition in the code under test: `c0 2026-03-01`. */
export function formatStepName({ facts }: Replay, { computation, key }: Truth): string {
  return `${getComputationName(facts.declared, computation)} ${key}`
}

/** The request of a chapter's run: everything, or one to three partitions of one output. */
export function buildRequest(chapter: Chapter, replay: Replay, truth: Truths) {
  const names = [...truth.keys()]
  const failing = chapter.run === "failing" ? names[chapter.pick % names.length] : undefined
  const byOutput = new Map<string, string[]>()
  for (const [name, { computation }] of truth)
    for (const output of computation.outputs)
      byOutput.set(output, [...(byOutput.get(output) ?? []), name])
  if (chapter.run !== "partial" || names.length === 0)
    return {
      oracleRequest: { targets: byOutput, failing },
      make: (all: Evaluation) => requestEverything(all),
    }
  const [output, all] = [...byOutput][chapter.pick % byOutput.size]!
  const chosen = all.slice(chapter.pick % all.length).slice(0, 3)
  const { setting, declared } = replay.facts
  const partitions = buildPartitions(setting, declared, truth.get(all[0]!)!.computation.granularity)
  const indexes = chosen.map((name) => findPartition(partitions, truth.get(name)!.key)!)
  const targets = new Map([[getName(declared, output).name, toRanges(indexes)]])
  const make = (): PlanRequest => ({ targets, publish: chapter.pick % 2 === 0 })
  return { oracleRequest: { targets: new Map([[output, chosen]]), failing }, make }
}

async function replayChapter(replay: Replay, chapter: Chapter): Promise<void> {
  applyEdits(replay, chapter.edits)
  const { project, facts, past } = replay
  const truth = findTruths(replay.shape, facts, createSourceReadsLookup(past, facts.declared))
  const graph = buildCurrentGraph(replay)
  await expectFresh(replay, graph, truth)
  const { oracleRequest, make } = buildRequest(chapter, replay, truth)
  const isWhole = chapter.run !== "stopped" && chapter.run !== "killed"
  const expected = runOracle(truth, isWhole ? past : copyPast(past), facts.declared, oracleRequest)
  const tables = readTables(replay)
  arrangeRun(
    replay,
    chapter,
    oracleRequest.failing && formatStepName(replay, truth.get(oracleRequest.failing)!),
  )
  const stepCount = project.steps.length
  const options = { concurrency: chapter.concurrency }
  const result = await run(project, graph, make, options).catch((error: unknown) => {
    if (chapter.run !== "killed") throw error
  })
  project.aborted = false
  followWriters(replay, tables)
  if (isWhole) expectExactly(replay, truth, expected)
  else expectNoMore(replay, truth, expected, stepCount)
  await expectFresh(replay, graph, truth)
  if (!isWhole || result === undefined) return
  expect(result.outcome).toBe(expected.isBad ? "failed" : "succeeded")
  expectOutcomes(replay, truth, expected, result)
  if (expected.isBad || chapter.run === "partial") return
  await expectNoWork(replay, graph)
  expectPublished(replay, truth, tables)
}

export async function expectNoWork({ project }: Replay, graph: Graph): Promise<void> {
  const evaluation = await proveProject(project, graph)
  const plan = buildPlan(evaluation, requestEverything(evaluation))
  expect(listStepIds(evaluation, plan)).toEqual([])
  expect(plan.publications).toEqual([])
}

/** Expects exactly the required steps in the plan, each with the required outcome. */
function expectOutcomes(
  replay: Replay,
  truth: Truths,
  { outcomes }: ExpectedRun,
  plannedRun: PlannedRun,
): void {
  const right = [...outcomes].map(([name, kind]) => [
    formatStepName(replay, truth.get(name)!),
    kind,
  ])
  const materializeSteps = [...plannedRun.steps].filter(([step]) => !step.startsWith("check "))
  expect(Object.fromEntries(materializeSteps.map(([step, { kind }]) => [step, kind]))).toEqual(
    Object.fromEntries(right),
  )
  expect(plannedRun.planned.toSorted()).toEqual([...plannedRun.steps.keys()].toSorted())
}

/** Lists the partitions that the engine computed and the assets whose rows it checked again. */
export function listEngineCalls({ project }: Replay) {
  const [computed, checked]: [string[], string[]] = [[], []]
  for (const call of project.computed)
    if (call.startsWith("check ")) checked.push(call.split(" ")[1]!)
    else computed.push(call)
  return { computed: computed.toSorted(), checked: checked.toSorted() }
}

function expectExactly(replay: Replay, truth: Truths, expected: ExpectedRun): void {
  const { declared } = replay.facts
  expect(listEngineCalls(replay)).toEqual({
    computed: [...expected.computed]
      .map((name) => formatStepName(replay, truth.get(name)!))
      .toSorted(),
    checked: expected.checked.map((output) => getName(declared, output).name).toSorted(),
  })
}

/** Expects that an interrupted run did part of the required work, and none of it twice. The oracle takes over the run's records from the ledger. */
function expectNoMore(
  replay: Replay,
  truth: Truths,
  expected: ExpectedRun,
  stepCount: number,
): void {
  const { computed } = listEngineCalls(replay)
  const expectedSteps = [...expected.computed].map((name) =>
    formatStepName(replay, truth.get(name)!),
  )
  expect(new Set(expectedSteps)).toEqual(new Set([...expectedSteps, ...computed]))
  expect(new Set(computed).size).toBe(computed.length)
  followLedger(replay, truth, stepCount)
}

/** Takes over the steps that the ledger recorded after a number of steps into the oracle's past. */
export function followLedger(replay: Replay, truth: Truths, stepCount: number): void {
  const { project, facts, past } = replay
  const byStep = new Map(
    [...truth].map(([name, partitionTruth]) => [formatStepName(replay, partitionTruth), name]),
  )
  const graph = buildCurrentGraph(replay)
  const outputs = new Map(
    [...truth.values()].flatMap(({ computation }) =>
      computation.outputs.map((output) => [getName(facts.declared, output).name, output]),
    ),
  )
  const recordedSteps = project.steps.slice(stepCount).map((step) => {
    const computation = graph.computations.find(({ name }) => name === step.computation)!
    const key = formatPartitionKey(getPartitions(graph, computation), step.partition)
    const checked = Object.keys(step.checkVersions).map((name) => outputs.get(name)!)
    return { name: byStep.get(`${computation.name} ${key}`)!, outcome: step.outcome.kind, checked }
  })
  applyRecorded(truth, past, facts.declared, recordedSteps)
}

/** Expects that exactly the existing partitions are evaluated, and that exactly the partitions that are fresh by definition are fresh, with the rows of a computation from scratch. */
export async function expectFresh(replay: Replay, graph: Graph, truth: Truths): Promise<void> {
  const { facts, past } = replay
  const { evaluated, fresh, wrong } = await readFreshRows(replay, graph, truth)
  expect(evaluated.toSorted()).toEqual([...truth.keys()].toSorted())
  expect(fresh.toSorted()).toEqual([...findFresh(truth, past, facts.declared)].toSorted())
  expect(wrong).toEqual([])
}

/** Lists the evaluated partitions, the fresh ones, and the fresh ones whose rows differ from a computation from scratch. */
export async function readFreshRows(replay: Replay, graph: Graph, truth: Truths) {
  const { project, facts, shape } = replay
  const evaluation = await proveProject(project, graph)
  const byStep = new Map(
    [...truth].map(([name, partitionTruth]) => [formatStepName(replay, partitionTruth), name]),
  )
  const shapes = new Map(
    listPresentComputations(shape, facts.declared).map((computation) => [
      getComputationName(facts.declared, computation),
      computation,
    ]),
  )
  const [evaluated, fresh, wrong]: [string[], string[], unknown[]] = [[], [], []]
  for (const computation of graph.computations)
    for (const index of listPartitions(listRangesWhere(evaluation, computation, () => true))) {
      const key = formatPartitionKey(getPartitions(graph, computation), index)
      const name = byStep.get(`${computation.name} ${key}`) ?? `${computation.name} ${key}`
      evaluated.push(name)
      if (!isFresh(evaluation, computation, index)) continue
      fresh.push(name)
      const input = formatFingerprint(findFreshInput(evaluation, computation, index)!)
      computation.outputs.forEach(({ asset }, at) => {
        const id = shapes.get(computation.name)!.outputs[at]!
        const right = truth.get(name)?.contents.get(id)
        const rows = findRows(replay, graph, asset, [key, input])
        if (rows !== right) wrong.push([name, asset, rows, right])
      })
    }
  return { evaluated, fresh, wrong }
}

function findRows(
  { project }: Replay,
  graph: Graph,
  asset: string,
  [key, input]: [string, string],
) {
  const declared = graph.assets.get(asset)!
  const names = listNames(graph, declared)
  const definition = definePartitions(declared.partitions)
  const stored = project.records
    .filter(({ asset: name, record }) => names.includes(name) && record.fingerprint === input)
    .filter((record) => record.key === key && record.definition === definition)
    .toSorted((first, second) => first.sequence - second.sequence)
  return project.files.get(stored.at(-1)?.record.file ?? "")
}

export const whole: Chapter = { edits: [], run: "complete", pick: 0, concurrency: 1 }

async function replayStory(randomStory: Story): Promise<void> {
  const replay = startReplay(randomStory)
  for (const chapter of [whole, ...randomStory.chapters, whole, whole])
    await replayChapter(replay, chapter)
  await expectSameFromScratch(replay)
}

/**
 * Expects the same fresh partitions, rows and tables in a project that only sees the end of a story. Exceptions are rows
 * whose oldest files were removed, rows that fail a check, and tables with days that cannot be replaced yet.
 */
async function expectSameFromScratch(replay: Replay): Promise<void> {
  const scratch = startFromScratch(replay)
  await replayChapter(scratch, whole)
  const [end, scratchEnd] = [findEnd(replay), findEnd(scratch)]
  if ([...end.truths.values()].some(({ isRemoved }) => isRemoved)) return
  if (end.failed.length > 0) return
  expect(end.rows).toEqual(scratchEnd.rows)
  expectTablesFromScratch(replay, scratch, end)
}

/** The truths at the end of a story, and the rows of its fresh partitions. */
function findEnd({ shape, facts, past }: Replay) {
  const { declared } = facts
  const truths = findTruths(shape, facts, createSourceReadsLookup(past, declared))
  const fresh = [...findFresh(truths, past, declared)].toSorted()
  const rows = fresh.map((name) => [name, truths.get(name)!.contents])
  const passed = findPassedRows(truths, past, declared)
  const failed = [...truths].filter(([, truth]) =>
    truth.computation.outputs.some((output) => failsCheck(declared, truth, output)),
  )
  return { truths, rows, passed, failed }
}

/** Replays this many random stories. Throws for the smallest story that fails, with its seed. */
export async function checkStories(cases: number): Promise<void> {
  const report = await fc.check(fc.asyncProperty(story, replayStory), { numRuns: cases })
  if (report.failed)
    throw new Error(fc.defaultReportMessage(report), { cause: report.errorInstance })
  expect(report.numRuns).toBe(cases)
}
