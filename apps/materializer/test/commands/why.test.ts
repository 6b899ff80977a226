import { expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import {
  correctedProject,
  createCheckResult,
  createFailedChecksProject,
  freshProject,
  threeDays,
  withCheckResults,
} from "../fixtures/project-states.ts"
import { createTinyProject } from "../fixtures/tiny-project.ts"

test("the root cause comes first, then the path, then the command", async () => {
  const { out } = await runCommand(correctedProject, ["why", "best_items"])
  expect(out).toMatchInlineSnapshot(`
    "◐ best_items 2026-01-04 is stale.
    best_items 2026-01-04 overdue since 2026-01-05T07:00:00Z: items 2026-01-03 is stale: its inputs changed.

    Root cause
      items 2026-01-03: orders 2026-01-03 changed

    Path
      items 2026-01-03
        → best_items 2026-01-04

    To fix it
      freshet materialize best_items
    "
  `)
})

test("a fresh partition has no cause", async () => {
  const { out } = await runCommand(freshProject, ["why", "items", "--partition", "2026-01-03"])
  expect(out).toBe(
    "● items 2026-01-03 is up to date.\nIts code and inputs match the latest materialization.\n",
  )
})

test("a backfill fixes an older day", async () => {
  const words = ["why", "items", "--partition", "2026-01-03"]
  const { out } = await runCommand(correctedProject, words)
  expect(out).toContain("freshet backfill items --date 2026-01-03")
})

test("a failed check is explained with failed rows and their files", async () => {
  const project = createFailedChecksProject(["unique(item)"])
  const { out } = await runCommand(project, ["why", "best_items"])
  expect(out).toMatchInlineSnapshot(`
    "◌ best_items 2026-01-04 is missing.
    best_items 2026-01-02 overdue since 2026-01-03T07:00:00Z: items 2026-01-02 has not been materialized.

    Root causes
      items 2026-01-02 to 2026-01-03: never materialized
      items 2026-01-04: check unique(item) failed
        unique(item): no two rows have the same item
          1,200 rows fail, for example
            {"item":"pen","rows":2}
        The failed rows are stored:
          \`freshet data head items --failed-rows --partition 2026-01-04\` shows them.
          .freshet/lake/failed/items/2026-01-04/1.parquet

    Path
      items 2026-01-02
        → best_items 2026-01-04

    To fix it
      fix the query, its input or the check (otherwise it fails again), then
      freshet materialize best_items
    "
  `)
  const json = await runCommand(project, ["why", "items", "--json"])
  expect(JSON.parse(json.out)).toMatchObject({
    status: "failed",
    failure: { outcome: "checks_failed", checks: ["unique(item)"] },
    failed_checks: [
      {
        asset: "items",
        partition: "2026-01-04",
        checks: [{ name: "unique(item)", description: "no two rows have the same item" }],
        failed_row_files: ["/project/.freshet/lake/failed/items/2026-01-04/1.parquet"],
      },
    ],
  })
})

test("the message of a failed run is the root cause", async () => {
  const project = createTinyProject({ landed: threeDays, failed: ["2026-01-04"] })
  const { out } = await runCommand(project, ["why", "best_items"])
  expect(out).toContain("items 2026-01-04: failed before: the disk is full")
})

test("passed checks are not printed", async () => {
  const project = withCheckResults(freshProject, [createCheckResult("unique(item)", true)])
  const { out } = await runCommand(project, ["why", "items"])
  expect(out).not.toContain("unique(item)")
})

test("--json has root causes, path and command", async () => {
  const { out } = await runCommand(correctedProject, ["why", "best_items", "--json"])
  const third = [{ from: "2026-01-03", to: "2026-01-03" }]
  expect(JSON.parse(out)).toEqual({
    overdue: {
      partition: "2026-01-04",
      due_at: "2026-01-05T07:00:00.000Z",
      reason: "items 2026-01-03 is stale: its inputs changed",
    },
    waiting_set: null,
    removed_file: null,
    pinned_files: [],
    schema_version: 3,
    asset: "best_items",
    partition: "2026-01-04",
    status: "stale",
    blocker: null,
    causes: [{ kind: "upstream", asset: "items", partitions: third }],
    failure: null,
    reason: expect.stringContaining("items 2026-01-03"),
    roots: [
      {
        asset: "items",
        partitions: third,
        partitions_text: "2026-01-03",
        status: "stale",
        blocker: null,
        causes: [{ kind: "input", changed: [{ asset: "orders", partitions: third }] }],
        failure: null,
        reason: "orders 2026-01-03 changed",
      },
    ],
    path: [
      { asset: "items", partition: "2026-01-03", status: "stale" },
      { asset: "best_items", partition: "2026-01-04", status: "stale" },
    ],
    failed_checks: [],
    command: "freshet materialize best_items",
  })
})
