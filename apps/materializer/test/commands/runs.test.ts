import { expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import { recordedRunProject } from "../fixtures/recorded-runs.ts"

test("runs are listed with their outcome and their steps", async () => {
  const { out, err } = await runCommand(recordedRunProject, ["runs"])
  expect(out).toMatch(
    /^✕ failed {2}20260105-110000-abcdef {2}interactive {2}1 h ago +1 min {2}2 of 4 materialized, 1 failed {2}freshet materialize$/m,
  )
  expect(err).toBe("")
  expect((await runCommand(recordedRunProject, ["runs", "--limit", "1"])).err).toBe(
    "The latest 1 run; --limit shows more.\n",
  )
})

test("a run is shown with its progress, its steps and its publications", async () => {
  const { out } = await runCommand(recordedRunProject, ["runs", "show", "2026"])
  expect(out).toContain("✕ run 20260105-110000-abcdef failed: freshet materialize\n")
  expect(out).toMatch(/^interactive run, started .*, took 1 min, 2 of 4 materialized, 1 failed$/m)
  expect(out).toContain("`freshet runs retry 20260105-110000-abcdef` runs the remaining ones.")
  expect(out).toMatch(
    /^✕ {2}items +3 of 4 {2}failed 2026-01-04; materialized 2026-01-02 to 2026-01-03; not done 2026-01-05$/m,
  )
  expect(out).toMatch(/^✓ {2}items {2}2026-01-03 +12 +0\.03 s$/m)
  expect(out).toMatch(
    /^✕ {2}items {2}2026-01-04 +0 +0\.00 s {2}failed: no; attempt 1 failed: connection reset$/m,
  )
  expect(out).toContain("published shop 2026-01-04: 1,200 inserted, 3 updated, 0 deleted\n")
})

test("runs and a run are documents", async () => {
  const list = await runCommand(recordedRunProject, ["runs", "list", "--json"])
  const run = {
    id: "20260105-110000-abcdef",
    command: "freshet materialize",
    kind: "interactive",
    outcome: "failed",
    requested_at: null,
    started_at: "2026-01-05T11:00:00.000Z",
    ended_at: "2026-01-05T11:01:00.000Z",
    cancel_requested_at: null,
    steps: 4,
    materialized: 2,
    unchanged: 0,
    failed: 1,
  }
  expect(JSON.parse(list.out)).toEqual({
    schema_version: 3,
    now: "2026-01-05T12:00:00.000Z",
    runs: [run],
  })
  const { out } = await runCommand(recordedRunProject, ["runs", "show", "2026", "--json"])
  expect(JSON.parse(out)).toMatchObject({
    ...run,
    progress: [
      {
        computation: "items",
        planned: 4,
        ended: 3,
        partitions: [
          { outcome: "failed", ranges: [{ from: "2026-01-04", to: "2026-01-04" }] },
          { outcome: "materialized", ranges: [{ from: "2026-01-02", to: "2026-01-03" }] },
          { outcome: "remaining", ranges: [{ from: "2026-01-05", to: "2026-01-05" }] },
        ],
      },
    ],
    step_rows: [
      {
        computation: "items",
        partition: "2026-01-03",
        outcome: "materialized",
        message: null,
        rows: 12,
        ms: 31,
      },
      {
        computation: "items",
        partition: "2026-01-04",
        outcome: "failed",
        message: "no",
        rows: 0,
        ms: 4,
      },
    ],
    publications: [
      { set: "shop", partition: "2026-01-04", inserted: 1200, updated: 3, deleted: 0 },
    ],
  })
})

test("an id of no run is a usage error", async () => {
  const { code, err } = await runCommand(recordedRunProject, ["runs", "show", "1999"])
  expect(code).toBe(2)
  expect(err).toContain("No single run has an id that begins with `1999`.")
})
