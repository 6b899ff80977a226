import { describe, expect, test } from "vitest"

import { createExecutableProject } from "../fixtures/executable-project.ts"
import { runCommand } from "../fixtures/fake-command-line.ts"
import {
  correctedProject,
  freshProject,
  threeDays,
  unmaterializedProject,
} from "../fixtures/project-states.ts"
import { createTinyProject } from "../fixtures/tiny-project.ts"

describe("plan", () => {
  test("names each computation once for each reason", async () => {
    const { code, out } = await runCommand(unmaterializedProject, ["plan"])
    expect(code).toBe(0)
    expect(out).toMatch(/^items +3 partitions {2}2026-01-02 to 2026-01-04 {2}never materialized$/m)
    expect(out).toMatch(/^best_items +1 partition {2}2026-01-04 +never materialized$/m)
    expect(out).toContain("→ publish shop 2026-01-04 (1 table; first publication)\n")
    expect(out).toMatch(
      /^4 steps of 2 computations, 1 publication; no history to predict the cost\.$/m,
    )
  })

  test("names the input that changed", async () => {
    const { out } = await runCommand(correctedProject, ["plan"])
    expect(out).toContain("orders 2026-01-03 changed")
  })

  test("exits 6 with --exit-code when there is work, and 0 when there is none", async () => {
    expect((await runCommand(correctedProject, ["plan", "--exit-code"])).code).toBe(6)
    const { code, out } = await runCommand(freshProject, ["plan", "--exit-code"])
    expect({ code, out }).toEqual({
      code: 0,
      out: "Nothing is stale: all requested partitions are fresh.\n",
    })
  })

  test("with --only keeps the targets in that state and what they need", async () => {
    const missing = ["plan", "items", "--from", "2026-01-02", "--only", "missing"]
    expect((await runCommand(correctedProject, missing)).out).toContain(
      "No requested partition is in that state.",
    )
    const stale = ["plan", "items", "--from", "2026-01-02", "--only", "stale", "--json"]
    const { steps } = JSON.parse((await runCommand(correctedProject, stale)).out) as {
      steps: readonly { computation: string; partitions: readonly object[] }[]
    }
    const third = { from: "2026-01-03", to: "2026-01-03" }
    expect(steps).toMatchObject([{ computation: "items", partitions: [third] }])
  })

  test("as JSON has the steps with their causes, and the publication", async () => {
    const { out } = await runCommand(correctedProject, ["plan", "--json"])
    const third = { from: "2026-01-03", to: "2026-01-03" }
    const fourth = { from: "2026-01-04", to: "2026-01-04" }
    expect(JSON.parse(out)).toMatchObject({
      schema_version: 3,
      command: "freshet plan",
      steps: [
        {
          kind: "materialize",
          computation: "items",
          outputs: ["items"],
          partitions: [third],
          partitions_text: "2026-01-03",
          count: 1,
          reason: "orders 2026-01-03 changed",
          status: "stale",
          causes: [{ kind: "input", changed: [{ asset: "orders", partitions: [third] }] }],
        },
        {
          kind: "materialize",
          computation: "best_items",
          partitions: [fourth],
          reason: "upstream items 2026-01-03 will be rebuilt",
          status: "stale",
          causes: [{ kind: "upstream", asset: "items", partitions: [third] }],
        },
      ],
      step_count: 2,
      publications: [
        { set: "shop", partition: "2026-01-04", assets: ["best_items"], published: "2026-01-04" },
      ],
      blocked: [],
      failed_checks: [],
      skipped: [],
      is_up_to_date: false,
    })
  })
})

describe("the predicted cost", () => {
  const spread = (median: number, p90 = median) => ({ median, p90 })
  const known = new Map([
    [
      "items",
      {
        steps: 20,
        rows: spread(405_000),
        bytes: spread(12_600_000),
        milliseconds: spread(4_000, 9_000),
      },
    ],
  ])
  const withHistory = {
    ...unmaterializedProject,
    ledger: { ...unmaterializedProject.ledger, readPredictions: async () => known },
  }

  test("is printed for each step and for the plan", async () => {
    const { out } = await runCommand(withHistory, ["plan"])
    expect(out).toMatchInlineSnapshot(`
      "step                      partitions                predicted                               reason
      items       3 partitions  2026-01-02 to 2026-01-04  ≈ 1.2 M rows, 37.8 MB, 12 s (p90 27 s)  never materialized
      best_items   1 partition  2026-01-04                no history                              never materialized

      → publish shop 2026-01-04 (1 table; first publication)
      4 steps of 2 computations, 1 publication; ≈ 1.2 M rows, 37.8 MB, 12 s of work (p90 27 s if every step is slow); 1 more computation without history.
      "
    `)
  })

  test("fits a narrow terminal, and plain letters", async () => {
    const style = { columns: 80, unicode: false }
    const { out } = await runCommand(withHistory, ["plan"], { style })
    expect(out).toMatch(/^[\t\n\x20-\x7e]*$/)
    const [head, ...rows] = out.split("\n\n")[0]?.split("\n") ?? []
    expect(Math.max(...[head ?? "", ...rows].map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test("is in the JSON of every step and of the plan; null without history", async () => {
    const { out } = await runCommand(withHistory, ["plan", "--json"])
    const predicted = { rows: 1_215_000, bytes: 37_800_000, ms: 12_000, ms_p90: 27_000 }
    expect(JSON.parse(out)).toMatchObject({
      steps: [
        { computation: "items", predicted },
        { computation: "best_items", predicted: null },
      ],
      predicted,
      without_history: ["best_items"],
    })
  })

  test("is printed before a large run as well", async () => {
    const landed = Object.fromEntries(
      Array.from({ length: 30 }, (_, day) => [
        new Date(Date.UTC(2026, 0, 2 + day)).toISOString().slice(0, 10),
        String(day),
      ]),
    )
    const month = createTinyProject({ landed, nowMs: Date.UTC(2026, 1, 5) })
    const project = createExecutableProject({ ...month, ledger: withHistory.ledger })
    const words = ["backfill", "items", "--from", "2026-01-02"]
    const { err } = await runCommand(project, words, { ask: async () => false })
    expect(err).toContain(
      "≈ 12.2 M rows, 378 MB, 2 min of work (p90 4 min 30 s if every step is slow)",
    )
    expect(err).toContain("Nothing was run.")
  })
})

describe("backfill --dry-run", () => {
  const landed = { ...threeDays, "2026-01-02": "A", "2026-01-05": "e" }
  const project = createTinyProject({
    landed,
    materialized: threeDays,
    failed: ["2026-01-05"],
    nowMs: Date.UTC(2026, 0, 6, 12),
  })

  test("previews partitions and reasons, and with --downstream the partitions that become stale", async () => {
    const words = ["backfill", "items", "--from", "2026-01-02", "--to", "2026-01-04", "--dry-run"]
    expect((await runCommand(project, words)).out).toMatchInlineSnapshot(`
      "step                partitions  reason
      items  1 partition  2026-01-02  orders 2026-01-02 changed

      = items 2026-01-03 to 2026-01-04: fresh
      1 step of 1 computation; no history to predict the cost.
      "
    `)
    expect((await runCommand(project, [...words, "--downstream"])).out).toMatchInlineSnapshot(`
      "step                      partitions                reason
      items        1 partition  2026-01-02                orders 2026-01-02 changed
      best_items  3 partitions  2026-01-02 to 2026-01-04  upstream items 2026-01-02 will be rebuilt

      → publish shop 2026-01-04 (1 table; now 2026-01-04)
      = items 2026-01-03 to 2026-01-04: fresh
      4 steps of 2 computations, 1 publication; no history to predict the cost.
      "
    `)
  })

  test("with --only plans the partitions in that state, and those that become stale", async () => {
    const words = ["backfill", "items", "--from", "2026-01-02", "--dry-run", "--downstream"]
    const only = async (state: string) =>
      (await runCommand(project, [...words, "--only", state])).out
    expect(await only("failed")).toMatchInlineSnapshot(`
      "step                partitions  reason
      items  1 partition  2026-01-05  failed before: the disk is full

      = items 2026-01-03 to 2026-01-04: fresh
      = items 2026-01-02: stale, excluded by --only
      1 step of 1 computation; no history to predict the cost.
      "
    `)
    expect(await only("stale")).toMatchInlineSnapshot(`
      "step                      partitions                reason
      items        1 partition  2026-01-02                orders 2026-01-02 changed
      best_items  3 partitions  2026-01-02 to 2026-01-04  upstream items 2026-01-02 will be rebuilt

      → publish shop 2026-01-04 (1 table; now 2026-01-04)
      = items 2026-01-03 to 2026-01-04: fresh
      = items 2026-01-05: failed, excluded by --only
      4 steps of 2 computations, 1 publication; no history to predict the cost.
      "
    `)
    expect(await only("missing")).toMatchInlineSnapshot(`
      "= items 2026-01-03 to 2026-01-04: fresh
      = items 2026-01-02: stale, excluded by --only
      = items 2026-01-05: failed, excluded by --only
      No requested partition is in that state.
      "
    `)
    expect(await only("all")).toMatchInlineSnapshot(`
      "step                      partitions                reason
      items        1 partition  2026-01-02                orders 2026-01-02 changed
      items        1 partition  2026-01-05                failed before: the disk is full
      best_items  3 partitions  2026-01-02 to 2026-01-04  upstream items 2026-01-02 will be rebuilt

      → publish shop 2026-01-04 (1 table; now 2026-01-04)
      = items 2026-01-03 to 2026-01-04: fresh
      5 steps of 2 computations, 1 publication; no history to predict the cost.
      "
    `)
  })
})
