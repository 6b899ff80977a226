import { describe, expect, test } from "vitest"

import { createExecutableProject } from "../fixtures/executable-project.ts"
import { runCommand } from "../fixtures/fake-command-line.ts"
import { createTinyProject } from "../fixtures/tiny-project.ts"

const landed = { "2026-01-02": "a", "2026-01-03": "b", "2026-01-04": "c" }
const project = createTinyProject({ landed })
const executable = createExecutableProject(project)

describe("materialize", () => {
  test("in a pipe gives a line a change on one stream and the summary on the other", async () => {
    const ran = await runCommand(executable, ["materialize"])
    expect(ran).toMatchSnapshot()
  })

  test("as JSON gives one document", async () => {
    const { code, out } = await runCommand(executable, ["materialize", "--json"])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchSnapshot()
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
      events.every((event) => event["schema_version"] === 2 && event["at"] !== undefined),
    ).toBe(true)
  })

  test("that fails is exit 3 and says what was skipped", async () => {
    const failing = createExecutableProject(project, (step) =>
      step === "items 2026-01-03" ? "fails" : "materialized",
    )
    const ran = await runCommand(failing, ["materialize"])
    expect(ran.code).toBe(3)
    expect(ran.out).toMatchSnapshot()
  })

  test("that a check stops is exit 4 and says which rows", async () => {
    const failing = createExecutableProject(project, (step) =>
      step === "items 2026-01-03" ? "checks_failed" : "materialized",
    )
    const ran = await runCommand(failing, ["materialize"])
    expect(ran.code).toBe(4)
    expect(ran.out).toMatchSnapshot()
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
