import { waitUntil } from "@freshet/embedded-postgres/testing"
import { requestCancel } from "@freshet/io"
import { expect, test } from "vitest"

import type { DeclaredProject } from "../end-to-end/declared-project.ts"
import { expectDone, runFreshet } from "../end-to-end/freshet-process.ts"
import { withLedgerClient } from "../end-to-end/ledger-contents.ts"
import { expectNoProcesses } from "../end-to-end/processes.ts"
import { disturbCalls } from "./disturb-calls.ts"
import { type FaultyCommand, runWithFault, startWithFault } from "./fault.ts"
import { countWorkUnderWay, expectCleanEnd, expectWhole } from "./invariants.ts"

const calls = { first: 1, step: Number(process.env["FRESHET_SIGNAL_STEP"] ?? 9) }
const noWork = { claims: 0, runs: 0, workers: 0 }

/** Waits until a command stops itself; undefined if it ends before. */
async function waitForStop(command: FaultyCommand): Promise<string | undefined> {
  let hasEnded = false
  void command.result.then(() => (hasEnded = true))
  await waitUntil(() => hasEnded || command.readHitCall() !== undefined)
  return command.readHitCall()
}

test("SIGTERM at any moment ends a run with no claim, open run or process left", () =>
  disturbCalls(calls, async (project, { call }) => {
    const { code, hitCall } = await runWithFault(project, { kind: "SIGTERM", call }, "materialize")
    if (hitCall === undefined) return undefined
    const fault = `SIGTERM at ${hitCall}`
    expect([0, 143]).toContain(code)
    expect({ fault, ...(await countWorkUnderWay(project)) }).toEqual({ fault, ...noWork })
    await expectNoProcesses(project.folder)
    return fault
  }))

test("a run that is cancelled at any moment ends with no claim, open run or process left", () =>
  disturbCalls(calls, async (project, { call }) => {
    const command = startWithFault(project, { kind: "SIGSTOP", call }, "materialize")
    const hitCall = await waitForStop(command)
    const isCancelled = (await cancelOpenRuns(project)) > 0
    command.kill("SIGCONT")
    const { code } = await command.result
    if (hitCall === undefined) return undefined
    const fault = `cancel at ${hitCall}`
    expect({ fault, code }).toEqual({ fault, code: code === 0 || isCancelled ? code : 0 })
    expect([0, 130]).toContain(code)
    expect({ fault, ...(await countWorkUnderWay(project)) }).toEqual({ fault, ...noWork })
    await expectNoProcesses(project.folder)
    return fault
  }))

/** Requests the cancellation of the open run, as `freshet runs cancel` does. Returns the number of runs. */
function cancelOpenRuns(project: DeclaredProject): Promise<number> {
  return withLedgerClient(project, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      "select id from freshet.runs where outcome is null",
    )
    for (const { id } of rows) await requestCancel(client, id)
    return rows.length
  })
}

test("a run that is stopped past its lease at any moment records and publishes nothing when it continues", () =>
  disturbCalls(calls, async (project, { call, edition }) => {
    const command = startWithFault(project, { kind: "SIGSTOP", call }, "materialize")
    const hitCall = await waitForStop(command)
    if (hitCall === undefined) return void (await command.result)
    const fault = `stop at ${hitCall}`
    const hasLease = await expireLeases(project)
    if (hasLease) expectDone(await runFreshet(project, "materialize"))
    const steps = await countSteps(project)
    command.kill("SIGCONT")
    const result = await command.result
    if (!hasLease) return fault
    expectCleanEnd(result, fault)
    expect({ fault, steps: await countSteps(project) }).toEqual({ fault, steps })
    await expectWhole(project, { editions: [edition], fault })
    return fault
  }))

/** Lets the leases of open workers expire; false if there is no open worker. */
async function expireLeases(project: DeclaredProject): Promise<boolean> {
  const { rowCount } = await withLedgerClient(project, (client) =>
    client.query(
      "update freshet.workers set lease_until = now() - interval '1 second' where ended_at is null",
    ),
  )
  return rowCount !== 0
}

/** Counts the steps that materialized something. */
async function countSteps(project: DeclaredProject): Promise<number> {
  const { rows } = await withLedgerClient(project, (client) =>
    client.query<{ steps: number }>(
      "select count(*)::integer as steps from freshet.steps where outcome = 'materialized'",
    ),
  )
  return rows[0]?.steps ?? 0
}
