import type { Graph } from "@freshet/core/engine"
import { openRunLedger, type RunLedger, type RunLockOwner, throwConnectionFault } from "@freshet/io"

import { getProcessId } from "./config.ts"
import { withMigratedLedger } from "./open-project.ts"

/** How the right to run is asked for. */
export interface RunLockRequest {
  /** False: a run under way is an error (exit 7) rather than something to wait for. */
  readonly wait: boolean
  /** Is told once whom it waits for. */
  readonly onWait: (lockOwner: string) => void
  /** Is told when somebody asks the holder to stop; without it nobody can ask. */
  readonly onCancel?: () => void
  readonly signal: AbortSignal
}

/** The ledger of whoever has the right to run, and when to stop: when asked to, or when the right is lost. */
export interface RunLock {
  readonly runLedger: RunLedger
  readonly signal: AbortSignal
}

/** Lends the right to run: meanwhile no run, and nobody else who needs it, changes the ledger. */
export async function withRunLock<T>(
  { url, graph }: { readonly url: string; readonly graph: Graph },
  { wait, onWait, onCancel, signal }: RunLockRequest,
  work: (lock: RunLock) => Promise<T>,
): Promise<T> {
  await withMigratedLedger(url, async () => {})
  const [lossController, cancelController] = [new AbortController(), new AbortController()]
  const cancel = () => {
    onCancel?.()
    cancelController.abort()
  }
  const runLedger = await openRunLedger(url, {
    wait,
    onWait: (lockOwner) => onWait(formatLockOwner(lockOwner)),
    pid: getProcessId(),
    graph,
    onConnectionLost: (error) => lossController.abort(error),
    ...(onCancel && { onCancel: cancel }),
  })
  try {
    const signals = [signal, lossController.signal, cancelController.signal]
    const lock = { runLedger, signal: AbortSignal.any(signals) }
    return await work(lock).catch(throwConnectionFault)
  } finally {
    await runLedger.close()
  }
}

/** The run that others wait for, as they are told of it. */
function formatLockOwner(lockOwner: RunLockOwner | undefined): string {
  if (lockOwner === undefined) return "another run that is just starting"
  return `run ${lockOwner.run} (${lockOwner.command}), process ${lockOwner.pid} on ${lockOwner.host}`
}
