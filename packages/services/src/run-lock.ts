import type { Graph } from "@freshet/core/engine"
import { openRunLedger, type RunLedger, type RunLockOwner, throwConnectionFault } from "@freshet/io"

import { getProcessId } from "./config.ts"
import { withMigratedLedger } from "./migrated-ledger.ts"
import type { LockOptions } from "./project.ts"
import type { Services } from "./services.ts"

/** The ledger of the run lock's owner, and the signal that stops it: cancelled, or the lock is lost. */
export interface RunLock {
  readonly runLedger: RunLedger
  readonly signal: AbortSignal
}

/** Holds the run lock for the length of a call: no other process changes the ledger meanwhile. */
export async function withRunLock<T>(
  { emit, signal, config }: Services,
  {
    url,
    graph,
    lock: { wait, cancellable },
  }: { readonly url: string; readonly graph: Graph; readonly lock: LockOptions },
  work: (lock: RunLock) => Promise<T>,
): Promise<T> {
  await withMigratedLedger({ url, config }, async () => {})
  const [lossController, cancelController] = [new AbortController(), new AbortController()]
  const cancel = () => {
    emit({ kind: "cancel_requested" })
    cancelController.abort()
  }
  const runLedger = await openRunLedger(url, {
    wait,
    onWait: (lockOwner) => emit({ kind: "run_waiting", owner: formatLockOwner(lockOwner) }),
    pid: getProcessId(),
    graph,
    onConnectionLost: (error) => lossController.abort(error),
    ...(cancellable ? { onCancel: cancel } : {}),
  })
  try {
    const signals = [signal, lossController.signal, cancelController.signal]
    const lock = { runLedger, signal: AbortSignal.any(signals) }
    return await work(lock).catch(throwConnectionFault)
  } finally {
    await runLedger.close()
  }
}

function formatLockOwner(lockOwner: RunLockOwner | undefined): string {
  if (lockOwner === undefined) return "another run that is just starting"
  return `run ${lockOwner.run} (${lockOwner.command}), process ${lockOwner.pid} on ${lockOwner.host}`
}
