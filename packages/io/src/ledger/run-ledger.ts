import {
  FreshetError,
  getPriority,
  type Graph,
  type Ledger,
  type StepRecord,
} from "@freshet/core/engine"
import type { Client } from "pg"

import { adoptMaterializations } from "../environments/adopt-materializations.ts"
import { splitEnvironmentUrl } from "../environments/environment-name.ts"
import { recordAttempt } from "./attempts.ts"
import { handleCancel, listenForCancel } from "./cancel.ts"
import { createClaimRecords } from "./claim-records.ts"
import { createCommitQueue } from "./commit-queue.ts"
import { throwConnectionFault } from "./connection-loss.ts"
import { connectLedger } from "./connection.ts"
import { type IdleConnections, keepOrEnd, takeIdle } from "./idle-connections.ts"
import { getPartitionId, type LedgerNames, listRecordedNames } from "./ledger-names.ts"
import { hasOtherRecords } from "./ledger-position.ts"
import { openingLock, withLock } from "./locks.ts"
import { type OpenedRecords, openRecords } from "./open-records.ts"
import { requireOwnProcess } from "./pooled-connection.ts"
import { endRunStatement, type QueuedWork } from "./queued-work.ts"
import { readMaterializations } from "./read-materializations.ts"
import { canShareStatement, recordSteps } from "./record-steps.ts"
import {
  acquireRunLock,
  holdsRunLockAlone,
  prepareSession,
  type RunLockOptions,
} from "./run-lock.ts"
import { toRecordedWork } from "./run-progress.ts"
import { createRunWorker, type RunWorker } from "./run-worker.ts"
import { recordLog } from "./step-logs.ts"

/** The ledger of a run and the connection that holds the run lock. After the connection is lost nothing more is recorded. */
export interface RunLedger {
  readonly ledger: Ledger
  /** The connection for reading under the lock. */
  readonly client: Client
  /** The names of the declared assets in the ledger, which do not change while the lock is held. */
  readonly names: LedgerNames
  /** Makes this run the one that executes queued work; false while another run that lives does. */
  readonly claimWork: (work: QueuedWork, run: string) => Promise<boolean>
  /** Registers this process as a further worker of a run, whose steps it may then claim and record. */
  readonly joinRun: (run: string) => Promise<void>
  /** Ends the worker of a joined run. */
  readonly leaveRun: () => Promise<void>
  /** Runs work if no other run is under way, and keeps others from opening meanwhile. */
  readonly whileAlone: (work: () => Promise<void>) => Promise<void>
  readonly close: () => Promise<void>
  /** Closes the ledger after work that did not fail; a server keeps the connection. */
  readonly end: () => Promise<void>
}

/** The process, the declarations, and the listeners of a run ledger. */
export interface RunLedgerOptions extends RunLockOptions {
  readonly pid: number
  readonly graph: Graph
  /** The connections of this process that can be used again. */
  readonly idle?: IdleConnections | undefined
  /** Brings the tables up to date before they are used. */
  readonly migrate?: (client: Client) => Promise<void>
  /** Called when nothing more can be recorded. */
  readonly onConnectionLost?: (error: FreshetError) => void
  /** Called when another process requests the cancellation of the run. */
  readonly onCancel?: () => void
}

/**
 * Connects, acquires the run lock, and closes the runs of dead workers. `onLost` is called as soon as the
 * connection, and with it the lock, is lost.
 */
export async function openRunLedger(url: string, options: RunLedgerOptions): Promise<RunLedger> {
  const { idle, pid } = options
  const client = takeIdle(idle, url, "session") ?? (await openSession(url, pid))
  let isOpen = true
  const toLostError = (cause: unknown) =>
    isOpen
      ? toConnectionLostError(cause)
      : new FreshetError("ledger", "The ledger is closed.", { cause })
  client.on("error", (cause) => options.onConnectionLost?.(toLostError(cause)))
  const worker = createRunWorker(client, { ...options, url })
  const close = async () => {
    isOpen = false
    await worker.close()
    await client.end()
  }
  const end = async () => {
    isOpen = false
    await worker.close()
    await keepOrEnd(idle, { url, kind: "session", client })
  }
  try {
    await options.migrate?.(client)
    await acquireRunLock(client, options)
    const opened = await openRecords(client, {
      ...options,
      environment: splitEnvironmentUrl(url).environment,
    })
    const announceRun = handleCancel(client, options.onCancel)
    const ledger = createLedger(client, { ...opened, worker, toLostError, announceRun })
    return {
      ledger,
      client,
      names: opened.names,
      claimWork: async ({ kind, id }, run) => {
        const { claims } = await worker.open(run)
        return claims.claim({ kind, name: String(id), partition: 0 })
      },
      joinRun: async (run) => {
        announceRun(run)
        await worker.open(run)
      },
      leaveRun: worker.end,
      whileAlone: (work) =>
        withLock(client, openingLock, async () => {
          if (await holdsRunLockAlone(client)) await work()
        }),
      close,
      end,
    }
  } catch (cause) {
    await close()
    throwConnectionFault(cause)
  }
}

/** Opens a connection of runs, which receives requests to cancel. */
async function openSession(url: string, pid: number): Promise<Client> {
  const client = await connectLedger(url, { applicationName: `freshet run, pid ${pid}` })
  try {
    await requireOwnProcess(client, () => connectLedger(url))
    await prepareSession(client)
    await listenForCancel(client)
    return client
  } catch (cause) {
    await client.end()
    return throwConnectionFault(cause)
  }
}

interface LedgerOptions extends OpenedRecords {
  readonly worker: RunWorker
  readonly toLostError: (cause: unknown) => FreshetError
  readonly announceRun: (run: string) => void
}

function createLedger(client: Client, options: LedgerOptions): Ledger {
  const { names, position, otherLedgers, worker, announceRun } = options
  const queue = createCommitQueue<StepRecord>({
    commitAll: (records) => recordSteps(client, { names, worker: worker.get().id }, records),
    canShareCommit: canShareStatement,
    failure: (cause) => toRecordError(cause) ?? options.toLostError(cause),
  })
  return {
    beginRun: async ({ id, command, kind, requestedMs, steps, work, codeVersion }) => {
      announceRun(id)
      const { id: workerId } = await worker.open(id)
      const plannedWork = JSON.stringify(toRecordedWork(names, work))
      await queue.runAlone(async () => {
        await client.query(beginRunStatement, [
          id,
          command,
          steps,
          workerId,
          plannedWork,
          codeVersion,
          kind,
          getPriority(kind),
          requestedMs ?? null,
        ])
      })
    },
    ...createClaimRecords(names, worker),
    hasOtherRecords: () => queue.runAlone(() => hasOtherRecords(client, position, worker.run())),
    recordStep: queue.commit,
    recordLog: (record) => queue.runAlone(() => recordLog(client, record)),
    recordAttempt: (record) => queue.runAlone(() => recordAttempt(client, names, record)),
    readMaterializations: (assetRanges) =>
      queue.runAlone(() => readMaterializations(client, names, assetRanges)),
    adoptMaterializations: async ({ partition, outputs }, inputVersions) => {
      if (otherLedgers.length === 0) return false
      const assets = outputs.flatMap((output) => listRecordedNames(names, output))
      const id = getPartitionId(names, outputs[0] ?? "", partition)
      const request = { sources: otherLedgers, step: { assets, partition: id, inputVersions } }
      return queue.runAlone(() => adoptMaterializations(client, request))
    },
    endRun: ({ id, outcome }) =>
      queue.runAlone(async () => {
        const { rowCount } = await client.query(endRunStatement, [id, outcome])
        if (rowCount !== 1) throw new FreshetError("ledger", "Another process has ended the run.")
        await worker.end()
      }),
  }
}

const beginRunStatement = `
  insert into freshet.runs (id, command, steps, worker, work, code_version, kind, priority, requested_at, host, pid)
  select $1, $2, $3, id, $5, $6, $7, $8, to_timestamp($9::float8 / 1000), host, pid from freshet.workers where id = $4`

/** Converts an error with which the server or the ledger answered; undefined for a lost connection. */
function toRecordError(cause: unknown): FreshetError | undefined {
  if (cause instanceof FreshetError) return cause
  if (!(cause instanceof Error && "severity" in cause && cause.severity === "ERROR"))
    return undefined
  return new FreshetError("ledger", `The ledger refused a record: ${cause.message}`, { cause })
}

function toConnectionLostError(cause: unknown): FreshetError {
  return new FreshetError("ledger", "The connection to the ledger was lost.", {
    cause,
    hint: "Run the command again: it goes on after the last step that was recorded.",
  })
}
