import { waitUntil } from "@freshet/embedded-postgres/testing"
import type { RunListDocument } from "@freshet/services"
import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet, startFreshet } from "./freshet-process.ts"
import { withLedgerClient } from "./ledger-contents.ts"
import { allShopDays, declareFetched, shopDays, waitForPartitionFile, withShop } from "./shop.ts"

/** The code asset waits for a landed file: `.go-` and its day, or `.go`. */
const waitingShop = declareFetched("", waitForPartitionFile)
const backfill = ["backfill", "fetched", ...allShopDays, "--concurrency", "1"] as const
const waiting = "waiting for a run of a higher priority"

/** A recorded step, and the kind of its run. */
interface StepTimes {
  readonly kind: string
  readonly started: number
  readonly ended: number
}

/** Reads the steps in the order of their starts. */
async function readSteps(project: DeclaredProject): Promise<readonly StepTimes[]> {
  const { rows } = await withLedgerClient(project, (client) =>
    client.query<StepTimes>(
      `select runs.kind, extract(epoch from steps.started_at)::float8 as started,
         extract(epoch from steps.ended_at)::float8 as ended
       from freshet.steps join freshet.runs on runs.id = steps.run
       where steps.computation = 'fetched' order by steps.started_at`,
    ),
  )
  return rows
}

/** Reads the kinds of the runs that execute steps. */
async function readClaims(project: DeclaredProject): Promise<readonly string[]> {
  const { rows } = await withLedgerClient(project, (client) =>
    client.query<{ kind: string }>(
      `select runs.kind from freshet.claims join freshet.workers on workers.id = claims.worker
         join freshet.runs on runs.id = workers.run where claims.name = 'fetched'`,
    ),
  )
  return rows.map(({ kind }) => kind)
}

/** Waits until a run of a kind executes a step. */
function waitForKind(project: DeclaredProject, kind: string): Promise<void> {
  return waitUntil(async () => (await readClaims(project)).includes(kind))
}

/** Lets the steps of all days but the last one end. */
function landEarlierDays(project: DeclaredProject): void {
  for (const day of shopDays.slice(0, -1)) project.land(`.go-${day}`, "")
}

test("a run of a person goes before a backfill: no step of the backfill starts before the run has ended", () =>
  withShop(async (project) => {
    expectDone(await runFreshet(project, "backfill", "items", ...allShopDays))
    const started = startFreshet(project, ...backfill)
    await waitForKind(project, "backfill")
    const person = startFreshet(project, "materialize", "fetched", "--date", shopDays[3])
    await waitForKind(project, "interactive")
    landEarlierDays(project)
    await started.waitForOutput(waiting)
    project.land(".go", "")
    expectDone(await person.result)
    expectDone(await started.result)
    const steps = await readSteps(project)
    const first = steps.findIndex(({ kind }) => kind === "interactive")
    const between = steps.slice(first).findIndex(({ kind }) => kind === "backfill")
    const interactive = steps.filter(({ kind }) => kind === "interactive")
    const end = Math.max(...interactive.map(({ ended }) => ended))
    expect(steps.filter(({ kind }) => kind === "backfill")).toHaveLength(shopDays.length)
    expect(steps[first + between]?.started).toBeGreaterThanOrEqual(end)
    const { runs } = await readFreshetJson<RunListDocument>(project, "runs", "list")
    expect(runs.map(({ kind }) => kind)).toEqual(["interactive", "backfill", "backfill"])
  }, waitingShop))

test("a run of a person that needs a step under way of a backfill waits for it, and both end", () =>
  withShop(async (project) => {
    expectDone(await runFreshet(project, "backfill", "items", ...allShopDays))
    const started = startFreshet(project, ...backfill)
    await waitForKind(project, "backfill")
    const days = shopDays.map((day) =>
      startFreshet(project, "materialize", "fetched", "--date", day),
    )
    await waitForKind(project, "interactive")
    project.land(".go", "")
    for (const { result } of days) expectDone(await result)
    expectDone(await started.result)
    const { rows } = await withLedgerClient(project, (client) =>
      client.query(
        "select from freshet.steps where computation = 'fetched' and outcome = 'materialized'",
      ),
    )
    expect(rows).toHaveLength(shopDays.length)
  }, waitingShop))

test("the run of a schedule starts at once beside a backfill, which starts no further step until it has ended", () =>
  withShop(
    async (project) => {
      expectDone(await runFreshet(project, "backfill", "items", ...allShopDays))
      const steps = ["--concurrency", "2"]
      const started = startFreshet(project, "backfill", "fetched", ...allShopDays, ...steps)
      await waitUntil(async () => (await readClaims(project)).length === 2)
      const tick = startFreshet(
        project,
        "schedule",
        "tick",
        "group:shop",
        "--at",
        "2026-01-05T06:00:00Z",
      )
      await waitForKind(project, "schedule")
      landEarlierDays(project)
      await started.waitForOutput(waiting)
      project.land(".go", "")
      expectDone(await tick.result)
      expectDone(await started.result)
      const times = await readSteps(project)
      const end = times.find(({ kind }) => kind === "schedule")?.ended ?? Infinity
      const starts = times.filter(({ kind }) => kind === "backfill").map((step) => step.started)
      expect(starts.filter((start) => start >= end)).toHaveLength(shopDays.length - 2)
    },
    `import { schedule } from "@freshet/core"
     ${waitingShop}
     export const automation = { shop: schedule("0 6 * * *", { zone: "UTC" }) }`,
  ))

test("a backfill goes on while a run of a person only waits for a retry", () =>
  withShop(
    async (project) => {
      expectDone(await runFreshet(project, "backfill", "items", ...allShopDays))
      const failing = startFreshet(project, "materialize", "fetched", "--date", shopDays[0])
      await failing.waitForOutput("no answer")
      const otherDays = ["--from", shopDays[1], "--to", shopDays[3]]
      expectDone(await runFreshet(project, "backfill", "fetched", ...otherDays))
      failing.kill("SIGINT")
      expect((await failing.result).code).toBe(130)
    },
    declareFetched(
      "retries: { attempts: 20, backoffSeconds: 3600, maxBackoffSeconds: 3600 },",
      `if (partition === "${shopDays[0]}") throw new Error("no answer")`,
    ),
  ))

test("a run of a person that is killed does not hold a backfill", () =>
  withShop(async (project) => {
    expectDone(await runFreshet(project, "backfill", "items", ...allShopDays))
    const started = startFreshet(project, ...backfill)
    await waitForKind(project, "backfill")
    const killed = startFreshet(project, "materialize", "fetched", "--date", shopDays[3])
    await waitForKind(project, "interactive")
    landEarlierDays(project)
    await started.waitForOutput(waiting)
    killed.kill("SIGKILL")
    project.land(".go", "")
    expectDone(await started.result)
    const { runs } = await readFreshetJson<RunListDocument>(project, "runs", "list")
    expect(runs.map(({ outcome }) => outcome)).toEqual(["killed", "succeeded", "succeeded"])
  }, waitingShop))
