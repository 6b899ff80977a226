import type { RunDetailDocument, RunDocument, RunListDocument } from "@freshet/services"
import { runLogSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet, startFreshet } from "./freshet-process.ts"
import { expectNoProcesses } from "./processes.ts"
import { allShopDays, declareFetched, withShop } from "./shop.ts"

async function readNewestRun(project: DeclaredProject): Promise<RunDetailDocument> {
  const { runs } = await readFreshetJson<RunListDocument>(project, "runs", "list")
  return readFreshetJson<RunDetailDocument>(project, "runs", "show", runs[0]?.id ?? "")
}

async function readNewestLog(project: DeclaredProject): Promise<readonly string[]> {
  const { id } = await readNewestRun(project)
  const { stdout } = await runFreshet(project, "runs", "logs", id, "--json")
  const { lines } = parseDocument(runLogSchema, stdout)
  return lines.map(({ text }) => text)
}

/** Materializes `fetched` and `best`, and returns how the step of `fetched` failed. The step of `best` must succeed. */
async function runMisbehaving(project: DeclaredProject, ...options: readonly string[]) {
  const command = ["materialize", "fetched", "best", "--json", ...options]
  const { stdout, code } = await runFreshet(project, ...command)
  expect(code).toBe(3)
  const { steps } = JSON.parse(stdout) as RunDocument // the command's documented answer
  expect(steps).toContainEqual(
    expect.objectContaining({ computation: "best", outcome: "materialized" }),
  )
  return steps.find(({ computation }) => computation === "fetched")
}

const leaks = `
  const objects = []
  for (;;) objects.push({ at: objects.length, text: "x".repeat(10) })`
const leaksEntries = `
  const entries = new Map()
  for (let entry = 0; ; entry += 1) entries.set(entry, entry)`
const leaksBuffers = `
  const buffers = []
  for (;;) buffers.push(Buffer.alloc(1_000_000, 1))`
const startsProgram = `
  const { spawn } = await import("node:child_process")
  spawn("sleep", ["600"], { stdio: "inherit" })`
const rejectsLater = `
  setTimeout(() => { throw new Error("nobody waits for this") }, 10)
  await new Promise((resolve) => setTimeout(resolve, 60_000))`

test.each([
  ["throws", "", `throw new Error("no answer")`, "the code of `fetched` failed: no answer"],
  [
    "hangs without awaiting anything",
    "timeoutSeconds: 2,",
    "for (;;) {}",
    "`fetched` exceeded its time limit of 2 s",
  ],
  [
    "hangs in a promise",
    "timeoutSeconds: 2,",
    "await new Promise(() => {})",
    "`fetched` exceeded its time limit of 2 s",
  ],
  [
    "leaks memory",
    "memoryMb: 64,",
    leaks,
    "the code of `fetched` exceeded its memory limit of 64 MB",
  ],
  [
    "leaks memory in one large object",
    "memoryMb: 64,",
    leaksEntries,
    "the code of `fetched` exceeded its memory limit of 64 MB",
  ],
  [
    "leaks buffers",
    "memoryMb: 64,",
    leaksBuffers,
    "the code of `fetched` exceeded its memory limit of 64 MB",
  ],
  ["calls process.exit", "", "process.exit(7)", "the code of `fetched` called process.exit(7)"],
  [
    "crashes its process",
    "",
    `process.kill(process.pid, "SIGSEGV")`,
    "the process of the code of `fetched` was ended by SIGSEGV",
  ],
  [
    "throws where nobody waits",
    "",
    rejectsLater,
    "the code of `fetched` failed: nobody waits for this",
  ],
  [
    "rejects a promise that nobody awaits",
    "",
    `void Promise.reject(new Error("lost")); await new Promise((resolve) => setTimeout(resolve, 60_000))`,
    "the code of `fetched` failed: lost",
  ],
])("R20: code that %s fails its step only", (_misbehaviour, options, body, message) =>
  withShop(
    async (project) => {
      expect(await runMisbehaving(project)).toMatchObject({ outcome: "failed", message })
    },
    declareFetched(options, body),
  ),
)

test("R20: code that prints a gigabyte succeeds, and the middle of its log is cut", () =>
  withShop(
    async (project) => {
      expectDone(await runFreshet(project, "materialize", "fetched"))
      const lines = await readNewestLog(project)
      expect(lines).toHaveLength(1201)
      expect(lines.slice(0, 2)).toEqual([`1 ${"x".repeat(1000)}`, `2 ${"x".repeat(1000)}`])
      expect(lines[1000]).toBe("… 998,801 lines omitted …")
      expect(lines.at(-2)).toBe(`1000000 ${"x".repeat(1000)}`)
      expect(lines.at(-1)).toBe(`${"y".repeat(2000)}…`)
    },
    declareFetched(
      "",
      `const text = " " + "x".repeat(1000) + "\\n"
       for (let line = 1; line <= 1_000_000; line += 1) process.stdout.write(line + text)
       console.log("y".repeat(1_000_000))`,
    ),
  ))

test("output of code that hangs, exits or leaks is recorded up to its end", () =>
  withShop(
    async (project) => {
      expect(await runMisbehaving(project)).toMatchObject({ outcome: "failed" })
      expect(await readNewestLog(project)).toEqual(["attempt 1", "attempt 2", "attempt 3"])
      const { step_rows: steps } = await readNewestRun(project)
      expect(steps.find(({ computation }) => computation === "fetched")).toMatchObject({
        failed_attempts: [
          { message: "the code of `fetched` called process.exit(0)" },
          { message: "`fetched` exceeded its time limit of 5 s" },
        ],
        message: "the code of `fetched` exceeded its memory limit of 64 MB",
      })
    },
    declareFetched(
      "memoryMb: 64, timeoutSeconds: 5, retries: { attempts: 3, backoffSeconds: 0 },",
      `const { appendFileSync, readFileSync } = await import("node:fs")
       appendFileSync(process.env.FRESHET_HOME + "/attempts", "x")
       const number = readFileSync(process.env.FRESHET_HOME + "/attempts").length
       console.log("attempt " + number)
       if (number === 1) process.exit(0)
       if (number === 2) for (;;) {}
       ${leaks}`,
    ),
  ))

test("a run that is killed leaves no process behind, not even one in an endless loop", () =>
  withShop(
    async (project) => {
      const running = startFreshet(project, "materialize", "fetched")
      await running.waitForOutput("looping")
      running.kill("SIGKILL")
      expect((await running.result).signal).toBe("SIGKILL")
      await expectNoProcesses(project.folder)
    },
    declareFetched("", `console.log("looping"); for (;;) {}`),
  ))

test("programs that code starts end with its process", () =>
  withShop(
    async (project) => {
      expectDone(await runFreshet(project, "materialize", "fetched"))
      const killed = startFreshet(project, "backfill", "fetched", ...allShopDays)
      await killed.waitForOutput("started")
      killed.kill("SIGKILL")
      await killed.result
    },
    declareFetched("", `${startsProgram}; console.log("started")`),
  ))

test("output of programs that code starts is its log", () =>
  withShop(
    async (project) => {
      expectDone(await runFreshet(project, "materialize", "fetched"))
      expect((await readNewestLog(project)).toSorted()).toEqual(["an error", "from a program"])
    },
    declareFetched(
      "",
      `const { execSync } = await import("node:child_process")
       execSync("echo from a program; echo an error >&2", { stdio: "inherit" })`,
    ),
  ))

test("a memory limit that is no whole number is a mistake in the declaration", () =>
  withShop(
    async (project) => {
      const { code, stderr } = await runFreshet(project, "status")
      expect(code).toBe(2)
      expect(stderr).toContain("memoryMb of `fetched` is not a whole number of MB from 32.")
    },
    declareFetched("memoryMb: 1,", ""),
  ))

test("an endless loop ends soon after its run is cancelled", () =>
  withShop(
    async (project) => {
      const running = startFreshet(project, "materialize", "fetched")
      await running.waitForOutput("looping")
      expectDone(await runFreshet(project, "runs", "cancel", (await readNewestRun(project)).id))
      expect((await running.result).code).toBe(130)
      expect(await readNewestRun(project)).toMatchObject({ outcome: "interrupted" })
    },
    declareFetched("", `console.log("looping"); for (;;) {}`),
  ))

test("steps share a process with the state of its modules, unless a step left a timer behind", () =>
  withShop(
    async (project) => {
      const environment = { ...project.environment, FRESHET_CONCURRENCY: "1" }
      const place = { ...project, environment }
      expectDone(await runFreshet(place, "backfill", "fetched", ...allShopDays))
      expect(await readNewestLog(project)).toEqual(["1", "2", "3", "1"])
    },
    declareFetched(
      "",
      `console.log(attempt)
       if (attempt === 3) setInterval(() => {}, 60_000)`,
    ),
  ))

test("a function as a value fails the step with the name of its column", () =>
  withShop(
    async (project) => {
      expect(await runMisbehaving(project)).toMatchObject({
        outcome: "failed",
        message: "`fetched.n` is declared BIGINT, but the code gave function () => 1",
      })
    },
    declareFetched("", `yield { n: () => 1 }`),
  ))
