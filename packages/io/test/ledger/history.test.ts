import { expect, test } from "vitest"

import { findRuns, readProvenance, readRuns, readSteps } from "../../src/ledger/history.ts"
import { ledgerDatabase, materialization, step, withRun } from "./ledger-database.ts"

const { url, client } = ledgerDatabase()

test("runs are listed newest first, each with how its steps ended", async () => {
  await withRun(url(), "2024_a", async ({ ledger }) => {
    await ledger.recordStep(step("2024_a"))
    await ledger.recordStep(step("2024_a", { outcome: { kind: "unchanged" } }))
    await ledger.recordStep(step("2024_a", { outcome: { kind: "unchanged" } }))
    await ledger.endRun({ id: "2024_a", outcome: "succeeded" })
  })
  await withRun(url(), "2024xb", async () => {
    const [newest, older] = await readRuns(client(), 2)
    expect(newest).toMatchObject({ id: "2024xb", outcome: undefined, endedMs: undefined })
    expect(newest).toMatchObject({ steps: 3, ended: {}, pid: 42, startedMs: expect.any(Number) })
    expect(older).toMatchObject({
      id: "2024_a",
      outcome: "succeeded",
      ended: { made: 1, unchanged: 2 },
    })
  })
  expect(await readRuns(client(), 1)).toHaveLength(1)
})

test("a run is found by the beginning of its id, whatever characters that has", async () => {
  expect((await findRuns(client(), "2024")).map(({ id }) => id)).toEqual(["2024xb", "2024_a"])
  expect((await findRuns(client(), "2024_")).map(({ id }) => id)).toEqual(["2024_a"])
  expect(await findRuns(client(), "%")).toEqual([])
})

test("a step comes back with all that was recorded of it", async () => {
  const made = [materialization(), materialization({ asset: "reasons", rows: 5 })]
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
    const whole = step("whole", { materializations: made, reads, checks, lineCounts })
    await ledger.recordStep(whole)
    await ledger.recordStep(
      step("whole", {
        computation: "failing",
        materializations: [],
        outcome: { kind: "failed", message: "out of memory", hint: "Use less." },
      }),
    )
    await ledger.recordStep(
      step("whole", {
        computation: "after",
        materializations: [],
        outcome: { kind: "skipped", because: "failing failed" },
      }),
    )
    const [first, failing, after] = await readSteps(client(), "whole")
    expect(first).toEqual({
      computation: "recs",
      partition: 20_000,
      inputVersion: "input 1",
      outcome: "made",
      message: undefined,
      hint: undefined,
      kept: [],
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
    expect(after).toMatchObject({ outcome: "skipped", message: "failing failed" })
  })
})

test("provenance of nothing is nothing", async () => {
  expect((await readProvenance(client(), [])).size).toBe(0)
  expect((await readProvenance(client(), [123_456])).size).toBe(0)
})
