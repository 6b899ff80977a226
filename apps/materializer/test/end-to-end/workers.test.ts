import { readFileSync } from "node:fs"
import { join } from "node:path"

import { waitUntil } from "@freshet/embedded-postgres/testing"
import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, type RunningCommand, runFreshet, startFreshet } from "./freshet-process.ts"
import { readContents, withLedgerClient } from "./ledger-contents.ts"
import { allShopDays, declareFetched, shopDays, waitForPartitionFile, withShop } from "./shop.ts"
import { landSmallInput } from "./small-input.ts"
import { withEnvironment, withTestProject } from "./test-project.ts"

const instantShop = declareFetched("", "")
const waitingShop = declareFetched("", waitForPartitionFile)
const backfill = ["backfill", "fetched", ...allShopDays] as const

/** A recorded step of the code asset. */
interface RecordedStep {
  readonly run: string
  readonly day: string
  readonly outcome: string
}

async function readSteps(project: DeclaredProject): Promise<readonly RecordedStep[]> {
  const { rows } = await withLedgerClient(project, (client) =>
    client.query<RecordedStep>(
      `select run, (date '1970-01-01' + partition)::text as day, outcome
       from freshet.steps where computation = 'fetched' order by partition`,
    ),
  )
  return rows
}

/** Waits until a process has claimed a day of the code asset, and returns one that it has. */
async function waitForClaim(project: DeclaredProject, { pid }: RunningCommand): Promise<string> {
  let day: string | undefined
  await waitUntil(async () => {
    const { rows } = await withLedgerClient(project, (client) =>
      client.query<{ day: string }>(
        `select (date '1970-01-01' + partition)::text as day
         from freshet.claims join freshet.workers on workers.id = claims.worker
         where claims.kind = 'step' and claims.name = 'fetched' and workers.pid = $1`,
        [pid],
      ),
    )
    day = rows[0]?.day
    return day !== undefined
  })
  return day ?? "no day"
}

/** Counts the partitions of the code asset that a process has materialized. */
function countMaterialized({ readOutput }: RunningCommand): number {
  return [...readOutput().matchAll(/fetched \S+: materialized,/g)].length
}

/** Counts the OpenLineage events of a job in a file. */
function countLineageEvents(path: string, job: string, type: string): number {
  const lines = readFileSync(path, "utf8").trim().split("\n")
  return lines
    .map(
      (line) => JSON.parse(line) as { readonly eventType: string; readonly job: { name: string } },
    )
    .filter((event) => event.eventType === type && event.job.name === job).length
}

async function stopWorker(worker: RunningCommand): Promise<void> {
  worker.kill("SIGTERM")
  expect(await worker.result).toMatchObject({ code: 0 })
}

test("a worker executes steps of another process's run: each partition is recorded once, in that run", () =>
  withShop(async (project) => {
    expectDone(await runFreshet(project, "backfill", "items", ...allShopDays))
    const eventFile = join(project.folder, "lineage.jsonl")
    const place = withEnvironment(project, { FRESHET_OPENLINEAGE: eventFile })
    const worker = startFreshet(place, "worker")
    const run = startFreshet(place, ...backfill, "--concurrency", "1")
    await waitForClaim(project, run)
    await waitForClaim(project, worker)
    project.land(".go", "")
    expectDone(await run.result)
    const steps = await readSteps(project)
    expect(steps).toHaveLength(shopDays.length)
    expect(new Set(steps.map((step) => step.run)).size).toBe(1)
    expect(steps.every(({ outcome }) => outcome === "materialized")).toBe(true)
    expect(worker.readOutput()).toContain(`assisting run ${steps[0]?.run}`)
    expect(countMaterialized(worker)).toBeGreaterThan(0)
    expect(countMaterialized(worker) + countMaterialized(run)).toBe(shopDays.length)
    await stopWorker(worker)
    expect(countLineageEvents(eventFile, "fetched", "COMPLETE")).toBe(shopDays.length)
  }, waitingShop))

test("a run of many steps ends with workers as it ends alone, whenever they join it", async () => {
  const alone = await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "materialize"))
    return readContents(place)
  })
  await withTestProject(async (place) => {
    await landSmallInput(place)
    const workers = [1, 2, 3].map(() => startFreshet(place, "worker"))
    for (const worker of workers) await worker.waitForOutput("Waiting for runs and ticks.")
    expectDone(await startFreshet(place, "materialize", "--concurrency", "1").result)
    for (const worker of workers) await stopWorker(worker)
    const contents = await readContents(place)
    expect(contents.versions).toEqual(alone.versions)
    expect(contents.published).toEqual(alone.published)
    const { rows } = await withLedgerClient(place, (client) =>
      client.query(
        "select computation, partition from freshet.steps group by 1, 2 having count(*) > 1",
      ),
    )
    expect(rows).toEqual([])
  })
})

test("the partitions that a worker has materialized stay when the run that it assists is killed", () =>
  withShop(async (project) => {
    expectDone(await runFreshet(project, "backfill", "items", ...allShopDays))
    const run = startFreshet(project, ...backfill, "--concurrency", "1")
    const runDay = await waitForClaim(project, run)
    const worker = startFreshet(project, "worker")
    const workerDay = await waitForClaim(project, worker)
    project.land(`.go-${workerDay}`, "")
    await worker.waitForOutput(`fetched ${workerDay}: materialized`)
    run.kill("SIGKILL")
    await run.result
    project.land(".go", "")
    expectDone(await runFreshet(project, ...backfill))
    const steps = await readSteps(project)
    const materialized = steps.filter(({ outcome }) => outcome === "materialized")
    expect(materialized.map(({ day }) => day)).toEqual(shopDays)
    const readRun = (of: string) => materialized.find(({ day }) => day === of)?.run
    expect(readRun(workerDay)).not.toBe(readRun(runDay))
    expect(new Set(steps.map((step) => step.run)).size).toBe(2)
    await stopWorker(worker)
  }, waitingShop))

test("a run that was stopped for longer than its lease records nothing when it continues", () =>
  withShop(async (project) => {
    expectDone(await runFreshet(project, "backfill", "items", ...allShopDays))
    const stopped = startFreshet(project, ...backfill, "--concurrency", "1")
    const day = await waitForClaim(project, stopped)
    project.land(`.go-${day}`, "")
    await stopped.waitForOutput(": materialized")
    await waitForClaim(project, stopped)
    stopped.kill("SIGSTOP")
    await withLedgerClient(project, (client) =>
      client.query("update freshet.workers set lease_until = now() - interval '1 second'"),
    )
    project.land(".go", "")
    expectDone(await runFreshet(project, ...backfill))
    const steps = await readSteps(project)
    stopped.kill("SIGCONT")
    const { code, stderr } = await stopped.result
    expect(code).toBe(8)
    expect(stderr).toContain("Run the command again")
    expect(await readSteps(project)).toEqual(steps)
    expect(steps.filter(({ outcome }) => outcome === "materialized")).toHaveLength(shopDays.length)
  }, waitingShop))

test("a worker with other code leaves a run alone", () =>
  withShop(async (project) => {
    expectDone(await runFreshet(project, "backfill", "items", ...allShopDays))
    await project.declare(instantShop.replace('version: "1"', 'version: "2"'))
    const worker = startFreshet(project, "worker")
    await worker.waitForOutput("Waiting for runs and ticks.")
    await project.declare(instantShop)
    const run = startFreshet(project, ...backfill, "--concurrency", "1")
    expectDone(await run.result)
    expect(worker.readOutput()).not.toContain("assisting")
    await stopWorker(worker)
  }, instantShop))
