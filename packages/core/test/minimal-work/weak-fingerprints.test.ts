import fc from "fast-check"
import { expect, test, vi } from "vitest"

import type { Graph } from "../../src/engine.ts"
import * as Fingerprints from "../../src/evaluate/fingerprint.ts"
import { run } from "../memory-project.ts"
import {
  followLedger,
  readFreshRows,
  buildRequest,
  formatStepName,
  whole,
} from "../staleness-oracle/check-stories.ts"
import { applyEdits } from "../staleness-oracle/edits.ts"
import { createSourceReadsLookup, findFresh, isRetained } from "../staleness-oracle/expected-run.ts"
import { expectPublished, followWriters, readTables } from "../staleness-oracle/publications.ts"
import { type Replay, startReplay, buildCurrentGraph } from "../staleness-oracle/replay.ts"
import { type Chapter, type Story, story } from "../staleness-oracle/story.ts"
import { type Truth, findTruths } from "../staleness-oracle/truth.ts"

vi.mock("../../src/evaluate/fingerprint.ts", async (load) => {
  const actual = await load<typeof Fingerprints>()
  const zero = () => ({ low: 0, high: 0 })
  return { ...actual, computeFingerprint: zero, fingerprintContent: zero }
})

/** Replays a chapter: fresh partitions have the right rows, a run computes only partitions without a record of their inputs, and all its targets are fresh afterwards. */
async function replayChapter(replay: Replay, chapter: Chapter): Promise<void> {
  applyEdits(
    replay,
    chapter.edits.filter(({ kind }) => kind !== "checks"),
  )
  const { project, facts, past } = replay
  const truth = findTruths(replay.shape, facts, createSourceReadsLookup(past, facts.declared))
  const graph = buildCurrentGraph(replay)
  project.storesProofs = chapter.pick % 3 === 0
  await expectRight(replay, graph, truth)
  const stepCount = project.steps.length
  const tables = readTables(replay)
  const { make } = buildRequest(chapter, replay, truth)
  project.computed.length = 0
  await run(project, graph, make)
  const computed = new Set(project.computed)
  const repeated = [...truth.values()].filter(
    (partition) =>
      computed.has(formatStepName(replay, partition)) &&
      isRetained(past, facts.declared, partition),
  )
  expect(repeated).toEqual([])
  followWriters(replay, tables)
  followLedger(replay, truth, stepCount)
  const fresh = await expectRight(replay, graph, truth)
  if (chapter.run === "partial") return
  expect(fresh.toSorted()).toEqual([...findFresh(truth, past, facts.declared)].toSorted())
  expectPublished(replay, truth, tables)
}

/** Expects that the fresh partitions are fresh by definition, with the rows of a computation from scratch, and lists them. */
async function expectRight(
  replay: Replay,
  graph: Graph,
  truth: ReadonlyMap<string, Truth>,
): Promise<readonly string[]> {
  const { fresh, wrong } = await readFreshRows(replay, graph, truth)
  expect(wrong).toEqual([])
  const right = findFresh(truth, replay.past, replay.facts.declared)
  expect(fresh.filter((name) => !right.has(name))).toEqual([])
  return fresh
}

async function replayStory(randomStory: Story): Promise<void> {
  const replay = startReplay(randomStory)
  for (const chapter of [whole, ...randomStory.chapters, whole])
    await replayChapter(replay, chapter)
}

/** Files that are no longer landed are looked up where fingerprints differ, which they never do here. */
function retractRemoved(randomStory: Story): Story {
  const sources = randomStory.drawn.sources.map(
    (source) => ({ ...source, whenRemoved: "retract" }) as const,
  )
  return { ...randomStory, drawn: { ...randomStory.drawn, sources } }
}

const cases = Number(process.env["FRESHET_PROPERTY_CASES"] ?? 300)

test(`over ${cases} random graphs and histories, input versions decide where all fingerprints are equal`, async () => {
  const replays = fc.assert(fc.asyncProperty(story.map(retractRemoved), replayStory), {
    numRuns: cases,
  })
  await expect(replays).resolves.toBeUndefined()
})

test("all fingerprints are equal in these tests", () => {
  expect(Fingerprints.computeFingerprint("a")).toEqual(Fingerprints.fingerprintContent(1, "b"))
})
