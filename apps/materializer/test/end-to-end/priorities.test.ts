import type { RunListDocument } from "@freshet/services"
import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet, startFreshet } from "./freshet-process.ts"
import { withLedgerClient } from "./ledger-contents.ts"
import { allShopDays, declareFetched, shopDays, withShop } from "./shop.ts"

/** The code asset sleeps longer for the last day, so that steps of a backfill end meanwhile. */
const sleepingShop = declareFetched(
  "",
  `const ms = partition.key === "${shopDays[3]}" ? 4000 : 500
  await new Promise((resolve) => setTimeout(resolve, ms))`,
)
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

test("a run of a person goes before a backfill: no step of the backfill starts before the run has ended", () =>
  withShop(async (project) => {
    expectDone(await runFreshet(project, "backfill", "items", ...allShopDays))
    const started = startFreshet(project, ...backfill)
    await started.waitForOutput(": materialized")
    expectDone(await runFreshet(project, "materialize", "fetched", "--date", shopDays[3]))
    expectDone(await started.result)
    expect(started.readOutput()).toContain(waiting)
    const steps = await readSteps(project)
    const first = steps.findIndex(({ kind }) => kind === "interactive")
    const between = steps.slice(first).findIndex(({ kind }) => kind === "backfill")
    const interactive = steps.filter(({ kind }) => kind === "interactive")
    const end = Math.max(...interactive.map(({ ended }) => ended))
    expect(steps.filter(({ kind }) => kind === "backfill")).toHaveLength(shopDays.length)
    expect(steps[first + between]?.started).toBeGreaterThanOrEqual(end)
    const { runs } = await readFreshetJson<RunListDocument>(project, "runs", "list")
    expect(runs.map(({ kind }) => kind)).toEqual(["interactive", "backfill", "backfill"])
  }, sleepingShop))

test("a run of a person that needs a step under way of a backfill waits for it, and both end", () =>
  withShop(async (project) => {
    expectDone(await runFreshet(project, "backfill", "items", ...allShopDays))
    const started = startFreshet(project, ...backfill)
    await started.waitForOutput("run ")
    const days = shopDays.map((day) =>
      startFreshet(project, "materialize", "fetched", "--date", day),
    )
    for (const { result } of days) expectDone(await result)
    expectDone(await started.result)
    const { rows } = await withLedgerClient(project, (client) =>
      client.query(
        "select from freshet.steps where computation = 'fetched' and outcome = 'materialized'",
      ),
    )
    expect(rows).toHaveLength(shopDays.length)
  }, sleepingShop))

test("a run of a person that is killed does not hold a backfill", () =>
  withShop(async (project) => {
    expectDone(await runFreshet(project, "backfill", "items", ...allShopDays))
    const started = startFreshet(project, ...backfill)
    await started.waitForOutput(": materialized")
    const killed = startFreshet(project, "materialize", "fetched", "--date", shopDays[3])
    await started.waitForOutput(waiting)
    killed.kill("SIGKILL")
    expectDone(await started.result)
    const { runs } = await readFreshetJson<RunListDocument>(project, "runs", "list")
    expect(runs.map(({ outcome }) => outcome)).toEqual(["killed", "succeeded", "succeeded"])
  }, sleepingShop))
