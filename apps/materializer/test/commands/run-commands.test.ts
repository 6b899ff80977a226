import { describe, expect, test } from "vitest"

import { createExecutableProject } from "../fixtures/executable-project.ts"
import { runCommand } from "../fixtures/fake-command-line.ts"
import { createTinyProject } from "../fixtures/tiny-project.ts"

const landed = { "2026-01-02": "a", "2026-01-03": "b", "2026-01-04": "c" }
const project = createTinyProject({ landed })
const executable = createExecutableProject(project)

describe("materialize", () => {
  test("in a pipe gives a line a change on one stream and the summary on the other", async () => {
    const { code, out, err } = await runCommand(executable, ["materialize"])
    expect(code).toBe(0)
    expect(err.split("\n")).toEqual([
      "2026-01-05T12:00:00Z  plan: 4 steps of 2 computations; publishes shop 2026-01-04",
      "2026-01-05T12:00:00Z  run 20260105-120000-abcdef started: 4 steps",
      "2026-01-05T12:00:00Z  items 2026-01-02: materialized, 1,200 rows, 0.00 s, 3 lines quarantined",
      "2026-01-05T12:00:00Z  items 2026-01-03: materialized, 1,200 rows, 0.00 s, 3 lines quarantined",
      "2026-01-05T12:00:00Z  items 2026-01-04: materialized, 1,200 rows, 0.00 s, 3 lines quarantined",
      "2026-01-05T12:00:00Z  best_items 2026-01-04: materialized, 1,200 rows, 0.00 s",
      "2026-01-05T12:00:00Z  published shop 2026-01-04: 1,200 inserted, 0 updated, 0 deleted, 0.00 s",
      "2026-01-05T12:00:00Z  run 20260105-120000-abcdef succeeded",
      "",
    ])
    expect(out.split("\n")).toEqual([
      "✓ 4 partitions materialized in 0.00 s, 4,800 rows.",
      "9 of 3,609 lines of orders quarantined: 6 malformed_json, 3 wrong_type.",
      "  `freshet data quarantine orders` shows them.",
      "✓ Published shop 2026-01-04.",
      "  table            inserted  updated  deleted   rows",
      "  shop.best_items     1,200        0        0  1,200",
      "",
    ])
  })

  test("as JSON gives one document", async () => {
    const { code, out } = await runCommand(executable, ["materialize", "--json"])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      schema_version: 3,
      run: "20260105-120000-abcdef",
      outcome: "succeeded",
      ms: 0,
      rows: 4800,
      counts: {
        materialized: 4,
        reused: 0,
        unchanged: 0,
        checked: 0,
        checks_failed: 0,
        failed: 0,
        skipped: 0,
        not_started: 0,
      },
      steps: [
        { step: "items 2026-01-02", computation: "items", outcome: "materialized" },
        { step: "items 2026-01-03", computation: "items", outcome: "materialized" },
        { step: "items 2026-01-04", computation: "items", outcome: "materialized" },
        {
          step: "best_items 2026-01-04",
          computation: "best_items",
          partition: "2026-01-04",
          outcome: "materialized",
        },
      ],
      line_counts: [
        {
          source: "orders",
          lines: 3609,
          rows: 3600,
          quarantined: 9,
          reasons: [
            { reason: "wrong_type", lines: 3 },
            { reason: "malformed_json", lines: 6 },
          ],
        },
      ],
      failed_checks: [],
      publications: [
        {
          set: "shop",
          partition: "2026-01-04",
          changes: [
            {
              asset: "best_items",
              table: "shop.best_items",
              inserted: 1200,
              updated: 0,
              deleted: 0,
              rows: 1200,
            },
          ],
          error: null,
        },
      ],
      remaining: { blocked: [], failed_checks: [] },
      impact: null,
    })
  })

  test("as JSON lines gives the events, each with its time and the schema's version", async () => {
    const { out } = await runCommand(executable, ["materialize", "items", "--jsonl"])
    const events = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(events.map(({ kind }) => kind)).toEqual([
      "run_started",
      "step_started",
      "step_ended",
      "run_ended",
    ])
    expect(
      events.every((event) => event["schema_version"] === 3 && event["at"] !== undefined),
    ).toBe(true)
  })

  test("that fails is exit 3 and says what was skipped", async () => {
    const failing = createExecutableProject(project, (step) =>
      step === "items 2026-01-03" ? "fails" : "materialized",
    )
    const { code, out } = await runCommand(failing, ["materialize"])
    expect(code).toBe(3)
    expect(out.split("\n")).toEqual([
      "✕ The run failed: 2 partitions materialized in 0.00 s, 2,400 rows; 1 failed, 1 skipped.",
      "✕ items 2026-01-03: failed: the disk is full",
      "6 of 2,406 lines of orders quarantined: 4 malformed_json, 2 wrong_type.",
      "  `freshet data quarantine orders` shows them.",
      "Finished partitions are retained; `freshet runs retry 20260105-120000-abcdef` runs the remaining ones.",
      "",
    ])
  })

  test("that a check stops is exit 4 and says which rows", async () => {
    const failing = createExecutableProject(project, (step) =>
      step === "items 2026-01-03" ? "checks_failed" : "materialized",
    )
    const { code, out } = await runCommand(failing, ["materialize"])
    expect(code).toBe(4)
    expect(out.split("\n")).toEqual([
      "✕ The run failed: 2 partitions materialized in 0.00 s, 2,400 rows; 1 with failed checks, 1 skipped.",
      "✕ items 2026-01-03: check unique(item) failed",
      "  unique(item): no two rows have the same item",
      "    3 rows fail, for example",
      '      {"item":"pen","rows":2}',
      "  The failed rows are stored:",
      "    `freshet data head items --failed-rows --partition 2026-01-03` shows them.",
      "    .freshet/lake/refused/1.parquet",
      "6 of 2,406 lines of orders quarantined: 4 malformed_json, 2 wrong_type.",
      "  `freshet data quarantine orders` shows them.",
      "Finished partitions are retained; `freshet runs retry 20260105-120000-abcdef` runs the remaining ones.",
      "",
    ])
  })

  test("on a terminal ends with one line a computation and a cursor that is shown", async () => {
    const { err } = await runCommand(executable, ["materialize"], {
      isTerminal: true,
      style: { columns: 100 },
    })
    expect(err.match(/^.*items +3 days.*$/gm)).toHaveLength(1)
    expect(err.endsWith("\u001B[?25h")).toBe(true)
  })
})

describe("asking first", () => {
  const days = Array.from({ length: 30 }, (_, day) => [
    new Date(Date.UTC(2026, 0, 2 + day)).toISOString().slice(0, 10),
    String(day),
  ])
  const month = createExecutableProject(
    createTinyProject({ landed: Object.fromEntries(days), nowMs: Date.UTC(2026, 1, 5) }),
  )

  test("happens above 20 partitions, shows the plan, and no means that nothing runs", async () => {
    const questions: string[] = []
    const ask = async (question: string) => {
      questions.push(question)
      return false
    }
    const words = ["backfill", "items", "--from", "2026-01-02", "--to", "2026-01-31"]
    const { code, out, err } = await runCommand(month, words, { ask })
    expect(questions).toEqual(["Run this for 30 partitions?"])
    expect({ code, out }).toEqual({ code: 0, out: "" })
    expect(err).toContain("Nothing was run.")
    expect(err).toContain("30 partitions")
  })

  test.each([["--yes"], ["--dry-run"]])("does not happen with %s", async (flag) => {
    const ask = async () => {
      throw new Error("asked")
    }
    const words = ["backfill", "items", "--from", "2026-01-02", flag]
    expect((await runCommand(month, words, { ask })).code).toBe(0)
  })

  test("does not happen for the newest partitions, however many they need", async () => {
    const ask = async () => {
      throw new Error("asked")
    }
    expect((await runCommand(month, ["materialize"], { ask })).code).toBe(0)
  })
})
