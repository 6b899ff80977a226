import type { RunDetailDocument, RunDocument, RunListDocument } from "@freshet/services"
import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet, startFreshet } from "./freshet-process.ts"
import { declareFetched, withShop } from "./shop.ts"

const failTwice = `if (attempt < 3) throw new Error("attempt " + attempt + " was reset")`

async function readNewestRun(project: DeclaredProject): Promise<RunDetailDocument> {
  const { runs } = await readFreshetJson<RunListDocument>(project, "runs", "list")
  return readFreshetJson<RunDetailDocument>(project, "runs", "show", runs[0]?.id ?? "")
}

test("a step whose code throws is repeated, and its attempts are shown", () =>
  withShop(
    async (project) => {
      const { stdout, stderr, code } = await runFreshet(project, "materialize", "fetched")
      expect(code).toBe(0)
      expect(stderr).toContain("attempt 1 of 3 failed: the code of `fetched` failed: attempt 1")
      expect(stderr).toContain("(next attempt in ")
      expect(stdout).toContain("materialized")
      const { step_rows: steps } = await readNewestRun(project)
      expect(steps.find(({ computation }) => computation === "fetched")).toMatchObject({
        outcome: "materialized",
        failed_attempts: [
          { message: "the code of `fetched` failed: attempt 1 was reset" },
          { message: "the code of `fetched` failed: attempt 2 was reset" },
        ],
      })
      const shown = await runFreshet(project, "runs", "show", (await readNewestRun(project)).id)
      expect(shown.stdout).toContain("attempt 2 failed: the code of `fetched` failed: attempt 2")
    },
    declareFetched("retries: { attempts: 3, backoffSeconds: 0 },", failTwice),
  ))

test("the failure of the last attempt fails the step", () =>
  withShop(
    async (project) => {
      const { stdout, code } = await runFreshet(project, "materialize", "fetched", "--json")
      expect(code).toBe(3)
      const { steps } = JSON.parse(stdout) as RunDocument // the command's documented answer
      expect(steps.find(({ computation }) => computation === "fetched")).toMatchObject({
        outcome: "failed",
        attempts: 2,
        message: "the code of `fetched` failed: attempt 2 was reset",
      })
    },
    declareFetched("retries: { attempts: 2, backoffSeconds: 0 },", failTwice),
  ))

test("a value of a wrong type is not repeated", () =>
  withShop(
    async (project) => {
      const { stderr, code } = await runFreshet(project, "materialize", "fetched")
      expect(code).toBe(3)
      expect(stderr).not.toContain("next attempt")
      const { step_rows: steps } = await readNewestRun(project)
      expect(steps).toContainEqual(
        expect.objectContaining({ outcome: "failed", failed_attempts: [] }),
      )
    },
    declareFetched("retries: { attempts: 3, backoffSeconds: 0 },", `yield { n: "one" }`),
  ))

test("a step that waits for its next attempt is shown, and a cancellation ends it at once", () =>
  withShop(
    async (project) => {
      const running = startFreshet(project, "materialize", "fetched", "best")
      await running.waitForOutput("next attempt in")
      await running.waitForOutput("best 2026-01-04: materialized")
      const { id, waiting_steps: steps } = await readNewestRun(project)
      expect(steps).toMatchObject([
        { computation: "fetched", partition: "2026-01-04", failed_attempts: [{}] },
      ])
      expect((await runFreshet(project, "runs", "show", id)).stdout).toMatch(
        /fetched +2026-01-04 .* attempt 1 failed/,
      )
      expectDone(await runFreshet(project, "runs", "cancel", id))
      expect((await running.result).code).toBe(130)
      expect(await readNewestRun(project)).toMatchObject({
        outcome: "interrupted",
        waiting_steps: [],
      })
    },
    declareFetched(
      "retries: { attempts: 3, backoffSeconds: 86400, maxBackoffSeconds: 86400 },",
      failTwice,
    ),
  ))

test("code that exceeds its time limit fails its attempt, and is not waited for", () =>
  withShop(
    async (project) => {
      const { code, stderr } = await runFreshet(project, "materialize", "fetched")
      expect(code).toBe(0)
      expect(stderr).toContain("attempt 1 of 2 failed: `fetched` exceeded its time limit of 2 s")
      const { step_rows: steps } = await readNewestRun(project)
      expect(steps).toContainEqual(
        expect.objectContaining({
          computation: "fetched",
          outcome: "materialized",
          failed_attempts: [expect.objectContaining({ message: expect.stringContaining("limit") })],
        }),
      )
    },
    declareFetched(
      "retries: { attempts: 2, backoffSeconds: 0 }, timeoutSeconds: 2,",
      `const { existsSync, writeFileSync } = await import("node:fs")
       const isFirst = !existsSync(process.env.FRESHET_HOME + "/attempted")
       writeFileSync(process.env.FRESHET_HOME + "/attempted", "")
       if (isFirst) await new Promise((resolve) => setTimeout(resolve, 1e9))`,
    ),
  ))
