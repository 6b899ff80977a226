import { computeFingerprint, formatFingerprint } from "@freshet/core/engine"
import { describe, expect, test } from "vitest"

import { readCheckResults } from "../../src/ledger/check-results.ts"
import { readLedgerNames } from "../../src/ledger/ledger-names.ts"
import { readQuarantinedLines } from "../../src/ledger/quarantined-lines.ts"
import { findRuns, readProvenance, readRuns, readSteps } from "../../src/ledger/runs.ts"
import { readSnapshot } from "../../src/ledger/snapshot.ts"
import {
  openLedgerDatabase,
  buildMaterialization,
  buildTestGraph,
  noAssets,
  buildStep,
  testAsset,
  withRun,
} from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()
const readNames = () => readLedgerNames(client(), noAssets)

test("runs are listed newest first, each with how its steps ended", async () => {
  await withRun(url(), "2024_a", async ({ ledger }) => {
    await ledger.recordStep(buildStep("2024_a"))
    await ledger.recordStep(buildStep("2024_a", { outcome: { kind: "unchanged" } }))
    await ledger.recordStep(buildStep("2024_a", { outcome: { kind: "unchanged" } }))
    await ledger.endRun({ id: "2024_a", outcome: "succeeded" })
  })
  await withRun(url(), "2024xb", async () => {
    const [newest, older] = await readRuns(client(), 2)
    expect(newest).toMatchObject({ id: "2024xb", outcome: undefined, endedMs: undefined })
    expect(newest).toMatchObject({
      steps: 3,
      stepsByOutcome: {},
      pid: 42,
      startedMs: expect.any(Number),
    })
    expect(older).toMatchObject({
      id: "2024_a",
      outcome: "succeeded",
      stepsByOutcome: { materialized: 1, unchanged: 2 },
    })
  })
  expect(await readRuns(client(), 1)).toHaveLength(1)
})

test("a run is found by a prefix of its id with any characters", async () => {
  expect((await findRuns(client(), "2024")).map(({ id }) => id)).toEqual(["2024xb", "2024_a"])
  expect((await findRuns(client(), "2024_")).map(({ id }) => id)).toEqual(["2024_a"])
  expect(await findRuns(client(), "%")).toEqual([])
})

test("a step comes back with all that was recorded of it", async () => {
  const materialized = [buildMaterialization(), buildMaterialization({ asset: "reasons", rows: 5 })]
  const reads = [
    {
      relation: "likes [last 7]",
      asset: "likes",
      short: true,
      versions: [
        [1, "a"],
        [2, "b"],
      ],
    },
  ] as const
  const checks = [
    { asset: "recs", name: "unique(id)", severity: "error", passed: true, failures: 0, sample: [] },
  ] as const
  const lineCounts = [
    {
      source: "activity",
      lines: 10,
      rows: 9,
      quarantined: 1,
      reasons: [{ reason: "no JSON", lines: 1 }],
      file: "activity/quarantine.jsonl",
    },
    { source: "users", lines: 1, rows: 1, quarantined: 0, reasons: [], file: undefined },
  ]
  await withRun(url(), "whole", async ({ ledger }) => {
    const whole = buildStep("whole", { materializations: materialized, reads, checks, lineCounts })
    await ledger.recordStep(whole)
    await ledger.recordStep(
      buildStep("whole", {
        computation: "failing",
        materializations: [],
        outcome: { kind: "failed", message: "out of memory", hint: "Use less." },
      }),
    )
    await ledger.recordStep(
      buildStep("whole", {
        computation: "after",
        materializations: [],
        outcome: { kind: "skipped", blocker: "failing failed" },
      }),
    )
    const [first, failing, thirdStep] = await readSteps(client(), await readNames(), "whole")
    expect(first).toEqual({
      computation: "recs",
      partition: 20_000,
      inputVersion: "input 1",
      fingerprint: whole.fingerprint,
      outcome: "materialized",
      message: undefined,
      hint: undefined,
      failedFiles: [],
      reads,
      rows: 15,
      startedMs: whole.startedMs,
      endedMs: whole.endedMs,
      checks,
      lineCounts,
    })
    expect(failing).toMatchObject({
      outcome: "failed",
      message: "out of memory",
      hint: "Use less.",
    })
    expect(thirdStep).toMatchObject({ outcome: "skipped", message: "failing failed" })
  })
})

describe("of the checks of some rows", () => {
  const passed = { asset: "recs", name: "unique(id)", severity: "error", passed: true } as const
  const failed = { ...passed, passed: false, failures: 1200, sample: [{ id: 7 }] } as const
  const print = formatFingerprint(computeFingerprint("input 5"))
  const rows = { computation: "recs", partition: 5, fingerprint: print, assets: ["recs"] }
  const materialized = [buildMaterialization({ partition: 5, inputVersion: "input 5" })]

  test("the newest check results and failed rows are found", async () => {
    await withRun(url(), "checks", async ({ ledger }) => {
      const checks = [{ ...passed, failures: 0, sample: [] }]
      await ledger.recordStep(buildStep("checks", { materializations: materialized, checks }))
      const first = await readCheckResults(client(), await readNames(), rows)
      expect(first).toEqual({ results: checks, failedFiles: [] })
      const outcome = {
        kind: "checks_failed",
        failedFiles: ["failed_rows/recs/1.parquet"],
      } as const
      const refused = { materializations: [], partition: 5, fingerprint: print }
      await ledger.recordStep(buildStep("checks", { ...refused, checks: [failed], outcome }))
      await ledger.recordStep(
        buildStep("checks", { materializations: materialized, outcome: { kind: "unchanged" } }),
      )
      const second = await readCheckResults(client(), await readNames(), rows)
      expect(second).toEqual({ results: [failed], failedFiles: outcome.failedFiles })
    })
  })

  test("the snapshot has the failed checks, and the record counts their rows", async () => {
    const failure = (await readSnapshot(client(), noAssets)).failures.get("recs")?.get(5)
    expect(failure).toMatchObject({
      outcome: "checks_failed",
      checks: ["unique(id)"],
      message: "1,200 rows of recs fail unique(id)",
    })
  })

  test("there are none where no check ever ran", async () => {
    expect(
      await readCheckResults(client(), await readNames(), {
        ...rows,
        fingerprint: "other",
      }),
    ).toBeUndefined()
    expect(
      await readCheckResults(client(), await readNames(), {
        ...rows,
        assets: ["reasons"],
      }),
    ).toBeUndefined()
  })
})

test("quarantined lines are counted once a day, as the newest step found them, of declared partitions only", async () => {
  const counts = { source: "visits", rows: 8, reasons: [], file: undefined }
  const visits = testAsset("visits")
  const record = (run: string, reader: ReturnType<typeof testAsset>, found: readonly number[]) =>
    withRun(
      url(),
      run,
      async ({ ledger }) => {
        for (const quarantined of found)
          for (const partition of [1, 2]) {
            const lineCounts = [{ ...counts, lines: 10, quarantined }]
            const step = { computation: reader.name, partition, materializations: [], lineCounts }
            await ledger.recordStep(buildStep(run, step))
          }
      },
      { graph: buildTestGraph(visits, reader) },
    )
  const readCounts = async (...assets: readonly ReturnType<typeof testAsset>[]) =>
    readQuarantinedLines(client(), await readLedgerNames(client(), buildTestGraph(...assets)))
  const counted = testAsset("counted")
  await record("lines", counted, [5, 2])
  const twoDays = [{ source: "visits", lines: 20, quarantined: 4 }]
  expect(await readCounts(visits, counted)).toEqual(twoDays)
  const renamed = testAsset("renamed", { previousNames: ["counted"] })
  await record("renamed lines", renamed, [3])
  expect(await readCounts(visits, renamed)).toEqual([{ ...twoDays[0], quarantined: 6 }])
  expect(await readCounts(visits, testAsset("counted", { partitions: { kind: "none" } }))).toEqual(
    [],
  )
  expect(await readCounts(counted)).toEqual([])
  expect(await readCounts(visits)).toEqual([])
})

test("the provenance of no materializations is empty", async () => {
  expect((await readProvenance(client(), await readNames(), [])).size).toBe(0)
  expect((await readProvenance(client(), await readNames(), [123_456])).size).toBe(0)
})
