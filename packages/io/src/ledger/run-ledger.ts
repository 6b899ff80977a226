import { hostname } from "node:os"

import { FreshetError, type Graph, type Ledger, type StepRecord } from "@freshet/core/engine"
import type { Client } from "pg"

import { applyRenames } from "./apply-renames.ts"
import { recordAttempt } from "./attempts.ts"
import { listenForCancel } from "./cancel.ts"
import { createCommitQueue } from "./commit-queue.ts"
import { throwConnectionFault } from "./connection-loss.ts"
import { connectLedger } from "./connection.ts"
import { recordDeclaredAssets } from "./declared-assets.ts"
import { assignLedgerNames, type LedgerNames } from "./ledger-names.ts"
import { readMaterializations } from "./read-materializations.ts"
import { canShareStatement, recordSteps } from "./record-steps.ts"
import { acquireRunLock, type RunLockOptions } from "./run-lock.ts"
import { toRecordedWork } from "./run-progress.ts"
import { recordLog } from "./step-logs.ts"

/** The ledger of a run and the connection that owns the run lock. After the connection is lost nothing more is recorded. */
export interface RunLedger {
  readonly ledger: Ledger
  /** The connection for reading under the lock: the inputs of the plan cannot change meanwhile. */
  readonly client: Client
  readonly close: () => Promise<void>
}

/** The process, the declarations, and the listeners of a run ledger. */
export interface RunLedgerOptions extends RunLockOptions {
  readonly pid: number
  readonly graph: Graph
  readonly onConnectionLost?: (error: FreshetError) => void
  /** Called when another process requests the cancellation of the run. */
  readonly onCancel?: () => void
}

/**
 * Connects, acquires the run lock, and closes the runs of killed processes. `onLost` is called as soon as the
 * connection, and with it the lock, is lost.
 */
export async function openRunLedger(url: string, options: RunLedgerOptions): Promise<RunLedger> {
  const client = await connectLedger(url, { applicationName: `freshet run, pid ${options.pid}` })
  let isOpen = true
  const toLostError = (cause: unknown) =>
    isOpen
      ? toConnectionLostError(cause)
      : new FreshetError("ledger", "The ledger is closed.", { cause })
  client.on("error", (cause) => options.onConnectionLost?.(toLostError(cause)))
  const close = async () => {
    isOpen = false
    await client.end()
  }
  try {
    await acquireRunLock(client, options)
    await closeKilledRuns(client)
    await applyRenames(client, options.graph)
    await recordDeclaredAssets(client, options.graph)
    const names = await assignLedgerNames(client, options.graph)
    const announceRun = await listenForCancel(client, options.onCancel)
    const ledger = createLedger(client, { pid: options.pid, toLostError, names, announceRun })
    return { ledger, client, close }
  } catch (cause) {
    await close()
    throwConnectionFault(cause)
  }
}

/** Closes the runs of killed processes: a living process would own the lock. */
async function closeKilledRuns(client: Client): Promise<void> {
  await client.query(`
    update freshet.runs set outcome = 'killed', ended_at = greatest(
      started_at, (select max(ended_at) from freshet.steps where run = runs.id)
    ) where outcome is null`)
}

function createLedger(
  client: Client,
  options: {
    readonly pid: number
    readonly toLostError: (cause: unknown) => FreshetError
    readonly names: LedgerNames
    readonly announceRun: (run: string) => void
  },
): Ledger {
  const { names } = options
  const queue = createCommitQueue<StepRecord>({
    commitAll: (records) => recordSteps(client, names, records),
    canShareCommit: canShareStatement,
    failure: (cause) => (isServerError(cause) ? toRecordError(cause) : options.toLostError(cause)),
  })
  return {
    beginRun: ({ id, command, steps, work }) =>
      queue.runAlone(async () => {
        options.announceRun(id)
        await client.query(
          `insert into freshet.runs (id, command, steps, host, pid, work)
           values ($1, $2, $3, $4, $5, $6)`,
          [
            id,
            command,
            steps,
            hostname(),
            options.pid,
            JSON.stringify(toRecordedWork(names, work)),
          ],
        )
      }),
    recordStep: queue.commit,
    recordLog: (record) => queue.runAlone(() => recordLog(client, record)),
    recordAttempt: (record) => queue.runAlone(() => recordAttempt(client, names, record)),
    readMaterializations: (assetRanges) =>
      queue.runAlone(() => readMaterializations(client, names, assetRanges)),
    endRun: ({ id, outcome }) =>
      queue.runAlone(async () => {
        await client.query("update freshet.runs set outcome = $2, ended_at = now() where id = $1", [
          id,
          outcome,
        ])
      }),
  }
}

/** Tests if the server answered with an error. */
function isServerError(cause: unknown): cause is Error {
  return cause instanceof Error && "severity" in cause && cause.severity === "ERROR"
}

function toRecordError(cause: Error): FreshetError {
  return new FreshetError("ledger", `The ledger refused a record: ${cause.message}`, { cause })
}

function toConnectionLostError(cause: unknown): FreshetError {
  return new FreshetError("ledger", "The connection to the ledger was lost.", {
    cause,
    hint: "Run the command again: it goes on after the last step that was recorded.",
  })
}
