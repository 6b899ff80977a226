import { waitUntil } from "@freshet/embedded-postgres/testing"
import type { RunListDocument } from "@freshet/services"
import { runLogSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet, startFreshet } from "./freshet-process.ts"
import { withLedgerClient } from "./ledger-contents.ts"
import { declareFetched, withShop } from "./shop.ts"

async function readNewestLog(project: DeclaredProject) {
  const { runs } = await readFreshetJson<RunListDocument>(project, "runs", "list")
  const { stdout } = await runFreshet(project, "runs", "logs", runs[0]?.id ?? "", "--json")
  return parseDocument(runLogSchema, stdout)
}

const printing = `
  console.log("attempt %d of %s", attempt, partition)
  if (attempt === 1) throw new Error("reset")
  console.warn("no answer")`

test("the console output of code is the log of its attempts, and none of the command's output", () =>
  withShop(
    async (project) => {
      const { code, stdout, stderr } = await runFreshet(project, "materialize", "fetched", "--json")
      expect(code).toBe(0)
      expect(stderr).toContain("fetched 2026-01-04: no answer")
      const { run } = JSON.parse(stdout) as { readonly run: string }
      const line = { step: "fetched 2026-01-04", at: expect.any(String) as string }
      expect(await readNewestLog(project)).toMatchObject({
        run,
        outcome: "succeeded",
        lines: [
          { ...line, attempt: 1, level: "info", text: "attempt 1 of 2026-01-04" },
          { ...line, attempt: 2, level: "info", text: "attempt 2 of 2026-01-04" },
          { ...line, attempt: 2, level: "warn", text: "no answer" },
        ],
      })
      const text = await runFreshet(project, "runs", "logs", run)
      expect(text.stdout).toMatch(/Z {2}fetched 2026-01-04 {2}attempt 1 of 2026-01-04\n/)
      expect(text.stdout).toMatch(/Z {2}fetched 2026-01-04 \(attempt 2\) {2}warn: no answer\n$/)
    },
    declareFetched("retries: { attempts: 2, backoffSeconds: 0 },", printing),
  ))

test("a followed log ends with its run, although another run has the same beginning of the id", () =>
  withShop(
    async (project) => {
      const running = startFreshet(project, "materialize", "fetched")
      await running.waitForOutput("waiting for the file")
      const { runs } = await readFreshetJson<RunListDocument>(project, "runs", "list")
      const following = startFreshet(project, "runs", "logs", runs[0]?.id.slice(0, 8) ?? "", "-f")
      await following.waitForOutput("waiting for the file")
      await withLedgerClient(project, (client) => client.query(copyRun))
      project.land(".go", "")
      const { code, stdout } = await following.result
      expect(code).toBe(0)
      expect(stdout).toContain("the file is there")
      expectDone(await running.result)
    },
    declareFetched(
      "",
      `const { existsSync } = await import("node:fs")
       console.log("waiting for the file")
       while (!existsSync(process.env.FRESHET_LANDING + "/.go"))
         await new Promise((resolve) => setTimeout(resolve, 20))
       console.log("the file is there")`,
    ),
  ))

const copyRun = `insert into freshet.runs
  select (jsonb_populate_record(runs, jsonb_build_object('id', left(id, 8) || '-copy', 'outcome', 'succeeded'))).*
  from freshet.runs`

test("expired lines of logs are deleted by gc and by a server, younger ones are retained", () =>
  withShop(
    async (project) => {
      const expire = () =>
        withLedgerClient(project, (client) =>
          client.query("update freshet.log_lines set printed_at = now() - interval '31 days'"),
        )
      expectDone(await runFreshet(project, "materialize", "fetched"))
      expectDone(await runFreshet(project, "gc", "--yes"))
      expect((await readNewestLog(project)).lines).toHaveLength(1)
      await expire()
      const preview = await runFreshet(project, "gc", "--dry-run")
      expect(preview.stdout).toContain("Expired records would be deleted: 1 line of logs.")
      const deleted = await runFreshet(project, "gc", "--yes")
      expect(deleted.stdout).toContain("Expired records deleted: 1 line of logs.")
      expect((await readNewestLog(project)).lines).toEqual([])
      expectDone(await runFreshet(project, "wipe", "fetched", "--all", "--yes"))
      expectDone(await runFreshet(project, "materialize", "fetched"))
      await expire()
      const server = startFreshet(project, "serve", "--port", "0")
      await waitUntil(async () => (await readNewestLog(project)).lines.length === 0)
      server.kill("SIGTERM")
      expectDone(await server.result)
    },
    `import { schedule } from "@freshet/core"
     ${declareFetched("", `console.log("hello")`)}
     export const automation = { shop: schedule("0 6 1 1 *", { zone: "UTC" }) }`,
  ))
