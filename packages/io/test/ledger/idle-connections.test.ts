import { waitUntil } from "@freshet/embedded-postgres/testing"
import { beforeEach, expect, test } from "vitest"

import { requestCancel } from "../../src/ledger/cancel.ts"
import { endIdle, type IdleConnections } from "../../src/ledger/idle-connections.ts"
import { openRunLedger, type RunLedger } from "../../src/ledger/run-ledger.ts"
import { buildStep, noAssets, openLedgerDatabase } from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()
const step = { computation: "recs", partition: 20_000, outputs: ["recs"], pool: undefined }
let idle: IdleConnections

beforeEach(() => {
  idle = { connections: new Set(), isKept: true }
  return () => endIdle(idle)
})

async function beginRun(run: string, onCancel = () => {}): Promise<RunLedger> {
  const options = { pid: 7, mode: "shared", wait: true, onWait: () => {}, graph: noAssets } as const
  const runLedger = await openRunLedger(url(), { ...options, idle, onCancel })
  const intent = { command: "freshet materialize", kind: "interactive", steps: 1 } as const
  await runLedger.ledger.beginRun({ ...intent, id: run, work: {}, codeVersion: "" })
  return runLedger
}

/** Executes a run of one step, and returns its open ledger. */
async function executeRun(run: string): Promise<RunLedger> {
  const runLedger = await beginRun(run)
  expect(await runLedger.ledger.claimStep(step)).toMatchObject({ kind: "claimed" })
  await runLedger.ledger.recordStep(buildStep(run))
  await runLedger.ledger.endRun({ id: run, outcome: "succeeded" })
  return runLedger
}

function listProcesses(): readonly number[] {
  const clients = [...idle.connections].map((connection) => connection.client)
  return clients
    .map((each) => (each as unknown as { processID: number }).processID)
    .toSorted((a, b) => a - b)
}

async function countLocks(processes: readonly number[]): Promise<number> {
  const { rows } = await client().query<{ locks: number }>(
    "select count(*)::integer as locks from pg_locks where locktype = 'advisory' and pid = any($1)",
    [processes],
  )
  return rows[0]?.locks ?? 0
}

test("the connections of an ended run are those of the next one, and hold no lock meanwhile", async () => {
  await (await executeRun("first")).end()
  const processes = listProcesses()
  expect(processes).toHaveLength(2)
  expect(await countLocks(processes)).toBe(0)
  const next = await executeRun("second")
  expect(idle.connections.size).toBe(1) // that of the claims, which ended with the run
  await next.end()
  expect(listProcesses()).toEqual(processes)
})

test("a run over the connection of another one is cancelled, and the ended one is not", async () => {
  const cancelled: string[] = []
  const first = await beginRun("cancelled first", () => cancelled.push("first"))
  await first.ledger.endRun({ id: "cancelled first", outcome: "succeeded" })
  await first.end()
  const second = await beginRun("cancelled second", () => cancelled.push("second"))
  expect(await requestCancel(client(), "cancelled second")).toBe(true)
  await waitUntil(() => cancelled.length > 0)
  expect(cancelled).toEqual(["second"])
  await second.close()
})

test("an idle connection that was lost is not used", async () => {
  await (await executeRun("before the loss")).end()
  await client().query(
    "select pg_terminate_backend(pid, 10000) from unnest($1::integer[]) as pid",
    [listProcesses()],
  )
  await waitUntil(() => idle.connections.size === 0)
  await (await executeRun("after the loss")).end()
  expect(idle.connections.size).toBe(2)
})

test("the connections of a run that failed, and those of two runs at once, are not all kept", async () => {
  const failed = await beginRun("failed")
  await failed.close()
  expect(idle.connections.size).toBe(0)
  const runs = [await beginRun("one of two"), await beginRun("two of two")]
  for (const [at, run] of ["one of two", "two of two"].entries())
    await runs[at]?.ledger.endRun({ id: run, outcome: "succeeded" })
  for (const run of runs) await run.end()
  expect(idle.connections.size).toBe(2)
})

test("a process that stops ends its idle connections and keeps no further ones", async () => {
  const run = await executeRun("stopped")
  await endIdle(idle)
  await run.end()
  expect(idle.connections.size).toBe(0)
})
