import { hostname } from "node:os"

import { FreshetError, type Graph, type Ledger, type StepRecord } from "@freshet/core"
import type { Client } from "pg"

import { listenForCancel } from "./cancel.ts"
import { commitQueue } from "./commit-queue.ts"
import { connectLedger } from "./connection.ts"
import { noteDeclared } from "./declared-assets.ts"
import { learnLedgerNames, type LedgerNames } from "./ledger-names.ts"
import { canShareStatement, recordSteps } from "./record-steps.ts"
import { findRecorded } from "./recorded.ts"
import { takeRunLock, type WaitOptions } from "./run-lock.ts"
import { recordedWork } from "./run-progress.ts"

/** The ledger of a run, and the one connection that holds the right to run: when it is lost, nothing more is recorded. */
export interface RunLedger {
  readonly ledger: Ledger
  /** For reading under the lock: what the plan is made from cannot change meanwhile. */
  readonly client: Client
  readonly close: () => Promise<void>
}

/** Who runs, what is declared, and who is told what happens meanwhile. */
export interface RunLedgerOptions extends WaitOptions {
  readonly pid: number
  readonly graph: Graph
  readonly onLost?: (error: FreshetError) => void
  /** Another process asked the run to stop. */
  readonly onCancel?: () => void
}

/**
 * Connects, takes the right to run, and closes what killed runs left open.
 * `onLost` is told at once when the connection is lost, which ends the right to run.
 */
export async function openRunLedger(url: string, options: RunLedgerOptions): Promise<RunLedger> {
  const client = await connectLedger(url, { applicationName: `freshet run, pid ${options.pid}` })
  let isOpen = true
  const lost = (cause: unknown) =>
    isOpen ? connectionLost(cause) : new FreshetError("ledger", "The ledger is closed.", { cause })
  client.on("error", (cause) => options.onLost?.(lost(cause)))
  const close = async () => {
    isOpen = false
    await client.end()
  }
  try {
    await takeRunLock(client, options)
    await closeKilledRuns(client)
    await noteDeclared(client, options.graph)
    const names = await learnLedgerNames(client, options.graph)
    const began = await listenForCancel(client, options.onCancel)
    const ledger = ledgerOver(client, { pid: options.pid, lost, names, began })
    return { ledger, client, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

/** Runs that ended without a word: their processes are gone, or they would hold the lock. */
async function closeKilledRuns(client: Client): Promise<void> {
  await client.query(`
    update freshet.runs set outcome = 'killed', ended_at = greatest(
      started_at, (select max(ended_at) from freshet.steps where run = runs.id)
    ) where outcome is null`)
}

function ledgerOver(
  client: Client,
  options: {
    readonly pid: number
    readonly lost: (cause: unknown) => FreshetError
    readonly names: LedgerNames
    readonly began: (run: string) => void
  },
): Ledger {
  const { names } = options
  const queue = commitQueue<StepRecord>({
    commitAll: (records) => recordSteps(client, names, records),
    fits: canShareStatement,
    failure: (cause) => (isRefusal(cause) ? recordRefused(cause) : options.lost(cause)),
  })
  return {
    beginRun: ({ id, command, steps, work }) =>
      queue.perform(async () => {
        options.began(id)
        await client.query(
          `insert into freshet.runs (id, command, steps, host, pid, work)
           values ($1, $2, $3, $4, $5, $6)`,
          [id, command, steps, hostname(), options.pid, JSON.stringify(recordedWork(names, work))],
        )
      }),
    recordStep: queue.commit,
    recorded: (wanted) => queue.perform(() => findRecorded(client, names, wanted)),
    endRun: ({ id, outcome }) =>
      queue.perform(async () => {
        await client.query("update freshet.runs set outcome = $2, ended_at = now() where id = $1", [
          id,
          outcome,
        ])
      }),
  }
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
