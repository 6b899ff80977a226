import fc from "fast-check"
import { expect } from "vitest"

import { FreshetError, type Graph } from "../../src/engine.ts"
import { releaseAll } from "../memory-claims.ts"
import { requestEverything, run } from "../memory-project.ts"
import { expectFresh, expectNoWork, followLedger, listEngineCalls, whole } from "./check-stories.ts"
import { applyEdits } from "./edits.ts"
import { createSourceReadsLookup, failsCheck } from "./expected-run.ts"
import { expectPublished, followWriters, readTables } from "./publications.ts"
import { arrangeRun, buildCurrentGraph, type Replay, startReplay } from "./replay.ts"
import { type Chapter, type Story, story } from "./story.ts"
import { findTruths, type Truth } from "./truth.ts"

/** Replays a story in which two or three runs execute each chapter at once, and one of them is sometimes killed. */
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

/** Executes the same request in several runs whose steps interleave. The first one is killed in some chapters. */
async function executeAtOnce(
  { project }: Replay,
  graph: Graph,
  { pick, run: kind, concurrency }: Chapter,
): Promise<void> {
  const victim = `run ${project.runs + 1}`
  let [turn, records] = [pick, 0]
  const takeTurns = async () => {
    for (turn = (turn * 7 + 3) % 11; turn > 0; turn -= 1) await Promise.resolve()
  }
  project.behaviour.pause = () => new Promise((resolve) => setImmediate(resolve))
  project.behaviour.beforeCompute = takeTurns
  project.behaviour.beforeLookup = takeTurns
  project.behaviour.beforeRecord = async (record) => {
    await takeTurns()
    if (record.run === victim) records += 1
    if (kind === "killed" && record.run === victim && records > pick % 4)
      throw new FreshetError("ledger", "killed on purpose")
  }
  const runs = Array.from({ length: 2 + (pick % 2) }, () =>
    run(project, graph, requestEverything, { concurrency }).catch((error: unknown) => {
      if (kind !== "killed") throw error
      releaseAll(project.claims, victim)
    }),
  )
  await Promise.all(runs)
  expect([...project.claims]).toEqual([])
}

/** Replays this many random stories. Throws for the smallest story that fails, with its seed. */
export async function checkConcurrentStories(cases: number): Promise<void> {
  const report = await fc.check(fc.asyncProperty(story, replayStory), { numRuns: cases })
  if (report.failed)
    throw new Error(fc.defaultReportMessage(report), { cause: report.errorInstance })
  expect(report.numRuns).toBe(cases)
}
