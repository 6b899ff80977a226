import { hostname } from "node:os"

import { FreshetError, type Ledger, type MadeOutput, type StepRecord } from "@freshet/core"
import type { Client } from "pg"

import { commitQueue } from "./commit-queue.ts"
import { connectLedger } from "./connection.ts"
import { canShareStatement, recordSteps } from "./record-steps.ts"
import { takeRunLock, type WaitOptions } from "./run-lock.ts"

/** The ledger of a run, and the one connection that holds the right to run: when it is lost, nothing more is recorded. */
export interface RunLedger {
  readonly ledger: Ledger
  /** For reading under the lock: what the plan is made from cannot change meanwhile. */
  readonly client: Client
  readonly close: () => Promise<void>
}

/**
 * Connects, takes the right to run, and closes what killed runs left open as interrupted.
 * `onLost` is told at once when the connection is lost, which ends the right to run.
 */
export async function openRunLedger(
  url: string,
  options: WaitOptions & {
    readonly pid: number
    readonly onLost?: (error: FreshetError) => void
  },
): Promise<RunLedger> {
  const client = await connectLedger(url, { applicationName: `freshet run, pid ${options.pid}` })
  let isOpen = true
  const lost = (cause: unknown) =>
    isOpen ? connectionLost(cause) : new FreshetError("ledger", "The ledger is closed.", { cause })
  client.on("error", (cause) => options.onLost?.(lost(cause)))
  try {
    await takeRunLock(client, options)
    await closeKilledRuns(client)
  } catch (cause) {
    isOpen = false
    await client.end()
    throw cause
  }
  const close = async () => {
    isOpen = false
    await client.end()
  }
  return { ledger: ledgerOver(client, { pid: options.pid, lost }), client, close }
}

/** Runs that ended without a word: their processes are gone, or they would hold the lock. */
async function closeKilledRuns(client: Client): Promise<void> {
  await client.query(`
    update freshet.runs set outcome = 'interrupted', ended_at = greatest(
      started_at, (select max(ended_at) from freshet.steps where run = runs.id)
    ) where outcome is null`)
}

function ledgerOver(
  client: Client,
  options: { readonly pid: number; readonly lost: (cause: unknown) => FreshetError },
): Ledger {
  const queue = commitQueue<StepRecord>({
    commitAll: (records) => recordSteps(client, records),
    fits: canShareStatement,
    failure: (cause) => (isRefusal(cause) ? recordRefused(cause) : options.lost(cause)),
  })
  return {
    beginRun: ({ id, command, steps }) =>
      queue.perform(async () => {
        await client.query(
          "insert into freshet.runs (id, command, steps, host, pid) values ($1, $2, $3, $4, $5)",
          [id, command, steps, hostname(), options.pid],
        )
      }),
    recordStep: queue.commit,
    findMade: (assets, partition, inputVersion) =>
      queue.perform(() => findMade(client, assets, partition, inputVersion)),
    endRun: ({ id, outcome }) =>
      queue.perform(async () => {
        await client.query("update freshet.runs set outcome = $2, ended_at = now() where id = $1", [
          id,
          outcome,
        ])
      }),
  }
}

async function findMade(
  client: Client,
  assets: readonly string[],
  partition: number,
  inputVersion: string,
): Promise<readonly MadeOutput[] | undefined> {
  const { rows } = await client.query<MadeOutput>({
    name: "find_made",
    text: `
      select asset, data_version as "dataVersion", file, rows::float8, bytes::float8
      from freshet.materializations
      where asset = any($1) and partition = $2 and input_version = $3`,
    values: [assets, partition, inputVersion],
  })
  const made = new Map(rows.map((row) => [row.asset, row]))
  const found = assets.flatMap((asset) => made.get(asset) ?? [])
  return found.length === assets.length ? found : undefined
}

/** Whether the server is there and answered no. */
function isRefusal(cause: unknown): cause is Error {
  return cause instanceof Error && "severity" in cause && cause.severity === "ERROR"
}

function recordRefused(cause: Error): FreshetError {
  return new FreshetError("ledger", `The ledger refused a record: ${cause.message}`, { cause })
}

function connectionLost(cause: unknown): FreshetError {
  return new FreshetError("ledger", "The connection to the ledger was lost.", {
    cause,
    hint: "Run the command again: it goes on after the last step that was recorded.",
  })
}
