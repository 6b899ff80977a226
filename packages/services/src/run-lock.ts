import type { Graph } from "@freshet/core/engine"
import { type LiveRun, openRunLedger, type RunLedger, throwConnectionFault } from "@freshet/io"

import { getProcessId } from "./config.ts"
import { migrateTables } from "./migrated-ledger.ts"
import type { LockOptions } from "./project.ts"
import type { Services } from "./services.ts"

/** The ledger of a run, and the signal that stops it: cancelled, or nothing more can be recorded. */
export interface RunLock {
  readonly runLedger: RunLedger
  readonly signal: AbortSignal
}

/** Holds the run lock for the length of a call. */
export async function withRunLock<T>(
  { emit, signal, config, idleConnections }: Services,
  {
    url,
    graph,
    lock: { mode, wait, cancellable },
  }: { readonly url: string; readonly graph: Graph; readonly lock: LockOptions },
  work: (lock: RunLock) => Promise<T>,
): Promise<T> {
  const [lossController, cancelController] = [new AbortController(), new AbortController()]
  const cancel = () => {
    emit({ kind: "cancel_requested" })
    cancelController.abort()
  }
  const runLedger = await openRunLedger(url, {
    mode,
    wait,
    onWait: (run) => emit({ kind: "run_waiting", owner: formatLockOwner(run) }),
    pid: getProcessId(),
    graph,
    idle: idleConnections,
    migrate: (client) => migrateTables(client, { url, config }),
    signal,
    onConnectionLost: (error) => lossController.abort(error),
    ...(cancellable ? { onCancel: cancel } : {}),
  })
  const signals = [signal, lossController.signal, cancelController.signal]
  const lock = { runLedger, signal: AbortSignal.any(signals) }
  try {
    const result = await work(lock)
    await runLedger.end()
    return result
  } catch (cause) {
    await runLedger.close()
    return throwConnectionFault(cause)
  }
}

/** Names what holds the run lock: a run, or another command. */
export function formatLockOwner(run: LiveRun | undefined): string {
  if (run === undefined) return "another command that changes the records of the project"
  return `run ${run.run} (${run.command}), process ${run.pid} on ${run.host}`
}
