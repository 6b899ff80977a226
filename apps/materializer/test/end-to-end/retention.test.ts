import { existsSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { waitUntil } from "@freshet/embedded-postgres/testing"
import type { RunListDocument } from "@freshet/services"
import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet, startFreshet } from "./freshet-process.ts"
import { withLedgerClient } from "./ledger-contents.ts"
import { allShopDays, declareFetched, landOrders, shopDays, withShop } from "./shop.ts"

const failUntilOpen = `
  const { existsSync } = await import("node:fs")
  if (!existsSync(process.env.FRESHET_LANDING + "/.open")) throw new Error("closed")`

/** Runs `work` with a shop with failures, corrections and a removed file, all of them 200 days ago. */
function withOldShop(work: (project: DeclaredProject) => Promise<void>): Promise<void> {
  return withShop(
    async (project) => {
      for (let run = 0; run < 3; run += 1)
        expect((await runFreshet(project, "backfill", "fetched", ...allShopDays)).code).toBe(3)
      project.land(".open", "")
      expectDone(await runFreshet(project, "backfill", "fetched", ...allShopDays))
      expectDone(await runFreshet(project, "backfill", "best", ...allShopDays))
      for (const items of [9, 2, 7]) {
        landOrders(project, shopDays[1], items)
        expectDone(await runFreshet(project, "backfill", "best", ...allShopDays))
      }
      rmSync(join(project.landing, "orders", `${shopDays[0]}.json`))
      landOrders(project, shopDays[3], 8)
      await makeOld(project)
      await work(project)
    },
    `import { schedule } from "@freshet/core"
     ${declareFetched("", failUntilOpen)}
     export const automation = { shop: schedule("0 6 1 1 *", { zone: "UTC" }) }`,
  )
}

async function makeOld(project: DeclaredProject): Promise<void> {
  const past = "- interval '200 days'"
  await withLedgerClient(project, (client) =>
    client.query(`
      update freshet.runs set started_at = started_at ${past}, ended_at = ended_at ${past};
      update freshet.steps set started_at = started_at ${past}, ended_at = ended_at ${past};
      update freshet.workers set ended_at = ended_at ${past}`),
  )
}

/** Removes the cached state, so that commands read the ledger itself. */
function forgetState({ home }: DeclaredProject): void {
  rmSync(join(home, "histories"), { force: true })
}

const questions = [
  ["status", "--json"],
  ["plan", "--json"],
  ["plan", "best", "fetched", ...allShopDays, "--json"],
  ["why", "best", "--json"],
  ["show", "items", "--json"],
  ["show", "fetched", "--json"],
  ["lineage", "best", "--json"],
  ["verify", "--sample", "100%", "--seed", "1", "--json"],
  ["data", "head", "best", "--json"],
  ["data", "quarantine", "orders", "--json"],
]

async function readAnswers(project: DeclaredProject): Promise<readonly unknown[]> {
  const answers: unknown[] = []
  for (const question of questions) {
    const { code, stdout, stderr } = await runFreshet(project, ...question)
    answers.push([question.join(" "), code, dropTimes(stdout), stderr])
  }
  return answers
}

/** Drops the fields with the time and the duration of the command itself. */
function dropTimes(json: string): unknown {
  if (json === "") return undefined
  const isTime = (name: string) => /^(now|evaluated_at|read_at|seconds|ms|duration_ms)$/.test(name)
  return JSON.parse(json, (name, value: unknown) => (isTime(name) ? undefined : value))
}

test("evaluation, plan, provenance and rows are the same before and after records expire", () =>
  withOldShop(async (project) => {
    forgetState(project)
    const before = await readAnswers(project)
    const preview = await runFreshet(project, "gc", "--dry-run")
    expect(preview.stdout).toMatch(/Expired records would be deleted: .*\d+ steps.*\./)
    const { stdout } = await runFreshet(project, "gc", "--yes")
    const [counts] = /: .*\.$/m.exec(preview.stdout.slice(preview.stdout.indexOf("Expired"))) ?? []
    expect(stdout).toContain(`Expired records deleted${counts}`)
    expect(await readAnswers(project)).toEqual(before)
    forgetState(project)
    expect(await readAnswers(project)).toEqual(before)
    expect((await runFreshet(project, "gc", "--dry-run")).stdout).not.toContain("Expired")
    expectDone(await runFreshet(project, "backfill", "best", ...allShopDays))
  }))

test("a server deletes expired records and garbage every day", () =>
  withOldShop(async (project) => {
    const countRuns = async () =>
      (await readFreshetJson<RunListDocument>(project, "runs", "list")).runs.length
    const runs = await countRuns()
    const orphan = join(project.lake, "items", shopDays[0], `${"0".repeat(32)}.parquet`)
    writeFileSync(orphan, "")
    utimesSync(orphan, 0, 0)
    const server = startFreshet(project, "serve", "--port", "0")
    await server.waitForOutput("expired records deleted: ")
    await waitUntil(async () => (await countRuns()) < runs)
    await server.waitForOutput("garbage deleted: 0 materializations, 1 file")
    expect(existsSync(orphan)).toBe(false)
    server.kill("SIGTERM")
    expectDone(await server.result)
  }))
