import { countSteps, type Effects, execute, type RunEvent } from "@freshet/core/engine"
import { planWithExistingFiles, type Services } from "@freshet/services"
import { describe, expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import { noon, createTinyProject } from "../fixtures/tiny-project.ts"

const landed = { "2026-01-02": "a", "2026-01-03": "b", "2026-01-04": "c" }
const project = createTinyProject({ landed })

/** Performs plans by core's own executor over a world that makes 1,200 rows of anything. */
function pretendingWorld(
  fate: (step: string) => "materialized" | "fails" | "checks_failed" = () => "materialized",
): Partial<Services> {
  return {
    runPlan: async (config, request) => {
      const planned = await planWithExistingFiles(project, request.makePlan)
      request.onPlan(planned)
      if (countSteps(planned.plan) === 0) return { kind: "nothing", ...planned }
      const effects = pretendedEffects(request.emitEvent, fate)
      const { concurrency } = config
      const { command, failFast } = request
      const result = await execute(planned.project.evaluation, planned.plan, effects, {
        command,
        concurrency,
        failFast,
      })
      return { kind: "ran", ...planned, result }
    },
  }
}

function pretendedEffects(
  emit: (event: RunEvent) => void,
  fate: (step: string) => "materialized" | "fails" | "checks_failed",
): Effects {
  return {
    nowMs: () => noon,
    hash: (text) => text,
    newId: () => "20260105-120000-abcdef",
    emit,
    signal: { aborted: false },
    engine: {
      recompute: async () => [],
      readDataVersion: async () => undefined,
      compute: async ({ computation, partition: { key: partition }, outputs }) => {
        const what = fate(`${computation.name} ${partition}`)
        if (what === "fails") throw new Error("the disk is full")
        const failed = { failures: 3, sample: [{ item: "pen", rows: 2 }], passed: false }
        const checks = [
          { asset: computation.name, name: "unique(item)", severity: "error" as const, ...failed },
        ]
        if (what === "checks_failed")
          return { kind: "checks_failed", failedFiles: ["failed_rows/1.parquet"], checks, lineCounts: [] }
        return {
          kind: "materialized",
          checks: [],
          outputs: outputs.map(({ name }) => ({
            asset: name,
            dataVersion: `${name} ${partition}`,
            file: `${name}/${partition}/1.parquet`,
            rows: 1200,
            bytes: 100,
          })),
          lineCounts:
            computation.name === "items"
              ? [
                  {
                    source: "orders",
                    lines: 1203,
                    rows: 1200,
                    quarantined: 3,
                    reasons: [
                      { reason: "wrong_type", lines: 1 },
                      { reason: "malformed_json", lines: 2 },
                    ],
                    file: "quarantine/orders/1.jsonl",
                  },
                ]
              : [],
        }
      },
      check: async () => [],
    },
    ledger: {
      beginRun: async () => {},
      recordStep: async () => {},
      readMaterializations: async () => [],
      endRun: async () => {},
    },
    publisher: {
      publish: async ({ tables }) =>
        tables.map(({ asset }) => ({
          asset: asset.name,
          table: `shop.${asset.name}`,
          inserted: 1200,
          updated: 0,
          deleted: 0,
          rows: 1200,
        })),
    },
  }
}

describe("materialize", () => {
  test("in a pipe gives a line a change on one stream and the summary on the other", async () => {
    const ran = await runCommand(project, ["materialize"], { services: pretendingWorld() })
    expect(ran).toMatchSnapshot()
  })

  test("as JSON gives one document", async () => {
    const { code, out } = await runCommand(project, ["materialize", "--json"], {
      services: pretendingWorld(),
    })
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchSnapshot()
  })

  test("as JSON lines gives the events, each with its time and the schema's version", async () => {
    const { out } = await runCommand(project, ["materialize", "items", "--jsonl"], {
      services: pretendingWorld(),
    })
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
      events.every((event) => event["schema_version"] === 2 && event["at"] !== undefined),
    ).toBe(true)
  })

  test("that fails is exit 3 and says what was skipped", async () => {
    const world = pretendingWorld((step) => (step === "items 2026-01-03" ? "fails" : "materialized"))
    const ran = await runCommand(project, ["materialize"], { services: world })
    expect(ran.code).toBe(3)
    expect(ran.out).toMatchSnapshot()
  })

  test("that a check stops is exit 4 and says which rows", async () => {
    const world = pretendingWorld((step) => (step === "items 2026-01-03" ? "checks_failed" : "materialized"))
    const ran = await runCommand(project, ["materialize"], { services: world })
    expect(ran.code).toBe(4)
    expect(ran.out).toMatchSnapshot()
  })

  test("on a terminal ends with one line a computation and a cursor that is shown", async () => {
    const { err } = await runCommand(project, ["materialize"], {
      services: pretendingWorld(),
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
  const month = {
    ...createTinyProject({ landed: Object.fromEntries(days), nowMs: Date.UTC(2026, 1, 5) }),
  }

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
