import fc from "fast-check"
import { expect } from "vitest"

import { assistRun, buildPlan, FreshetError, type Graph, type RunKind } from "../../src/engine.ts"
import {
  createEffects,
  type MemoryProject,
  proveProject,
  requestEverything,
  run,
} from "../memory-project.ts"
import { expectFresh, expectNoWork, followLedger, listEngineCalls, whole } from "./check-stories.ts"
import { applyEdits } from "./edits.ts"
import { createSourceReadsLookup, failsCheck } from "./expected-run.ts"
import { expectPublished, followWriters, readTables } from "./publications.ts"
import { arrangeRun, buildCurrentGraph, type Replay, startReplay } from "./replay.ts"
import { type Chapter, type Story, story } from "./story.ts"
import { findTruths, type Truth } from "./truth.ts"

/** Replays a story in which two processes execute each chapter at once, and one of them is sometimes killed. */
async function replayStory(randomStory: Story): Promise<void> {
  const replay = startReplay(randomStory)
  for (const chapter of [whole, ...randomStory.chapters]) await replayChapter(replay, chapter)
}

async function replayChapter(replay: Replay, chapter: Chapter): Promise<void> {
  applyEdits(replay, chapter.edits)
  const { project, facts, past, shape } = replay
  const truth = findTruths(shape, facts, createSourceReadsLookup(past, facts.declared))
  const graph = buildCurrentGraph(replay)
  const tables = readTables(replay)
  const stepCount = project.steps.length
  arrangeRun(replay, { ...chapter, run: "complete" }, undefined)
  await executeAtOnce(replay, graph, chapter)
  followWriters(replay, tables)
  followLedger(replay, truth, stepCount)
  await expectFresh(replay, graph, truth)
  if ([...truth.values()].some((partitionTruth) => isBad(replay, partitionTruth))) return
  const { computed } = listEngineCalls(replay)
  if (chapter.run !== "killed") expect(new Set(computed).size).toBe(computed.length)
  await expectNoWork(replay, graph)
  expectPublished(replay, truth, tables)
}

/** Tests if a partition cannot be computed or its rows are refused, which each run finds out for itself. */
function isBad({ facts }: Replay, truth: Truth): boolean {
  const { computation, isBlocked, isRemoved } = truth
  const isRefused = computation.outputs.some((output) => failsCheck(facts.declared, truth, output))
  return isBlocked || isRemoved || isRefused
}

/**
 * Executes the same request in two runs whose steps interleave, or in a run and a worker that assists it. The first run is
 * killed in some chapters.
 */
async function executeAtOnce(replay: Replay, graph: Graph, chapter: Chapter): Promise<void> {
  const { project } = replay
  const first = `run ${project.runs + 1}`
  const isKilled = chapter.run === "killed"
  interleave(replay, chapter, isKilled ? first : undefined)
  const { concurrency, pick } = chapter
  const execute = (kind: RunKind) =>
    run(project, graph, requestEverything, { concurrency, kind }).catch((error: unknown) => {
      if (!isKilled) throw error
    })
  const isAssisted = pick % 3 === 0 && !isKilled
  const [firstKind, secondKind] = kindPairs[pick % kindPairs.length]!
  await Promise.all([
    execute(firstKind),
    isAssisted ? assist(project, graph, first) : execute(secondKind),
  ])
  expect([...project.claims, ...project.priorities]).toEqual([])
  expect(project.unclaimed).toEqual([])
}

/** The kinds of the two runs of a chapter. */
const kindPairs: readonly (readonly [RunKind, RunKind])[] = [
  ["interactive", "interactive"],
  ["backfill", "schedule"],
  ["schedule", "schedule"],
  ["interactive", "backfill"],
  ["backfill", "backfill"],
]

/** Lets the steps of runs take turns. Kills one run at one of its records. */
function interleave(
  { project: { behaviour } }: Replay,
  { pick }: Chapter,
  killed: string | undefined,
): void {
  let [turn, records] = [pick, 0]
  const takeTurns = async () => {
    for (turn = (turn * 7 + 3) % 11; turn > 0; turn -= 1) await Promise.resolve()
  }
  behaviour.pause = waitForOthers
  behaviour.beforeCompute = takeTurns
  behaviour.beforeLookup = takeTurns
  behaviour.beforeRecord = async (record) => {
    await takeTurns()
    if (record.run !== killed) return
    records += 1
    if (records > pick % 4) throw new FreshetError("ledger", "killed on purpose")
  }
}

function waitForOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Executes steps of a run as soon as it has begun, unless it runs checks first. */
async function assist(project: MemoryProject, graph: Graph, assistedRun: string): Promise<void> {
  const started = project.events.length
  const evaluation = await proveProject(project, graph)
  const { work, checks } = buildPlan(evaluation, requestEverything(evaluation))
  if (checks.length > 0) return
  const hasBegun = () => project.events.slice(started).some(({ kind }) => kind === "run_started")
  while (!hasBegun()) await waitForOthers()
  const effects = createEffects(project, graph, assistedRun)
  const options = { concurrency: 2, pools: {}, failFast: false }
  await assistRun({ run: assistedRun, evaluation, work }, effects, options)
}

/** Replays this many random stories. Throws for the smallest story that fails, with its seed. */
export async function checkConcurrentStories(cases: number): Promise<void> {
  const report = await fc.check(fc.asyncProperty(story, replayStory), { numRuns: cases })
  if (report.failed)
    throw new Error(fc.defaultReportMessage(report), { cause: report.errorInstance })
  expect(report.numRuns).toBe(cases)
}
