import type { Graph } from "@freshet/core"
import { openRunLedger, type RunHolder, type RunLedger } from "@freshet/io"

import { ownPid } from "../config.ts"
import { withMigratedLedger } from "./open-project.ts"

/** How the right to run is asked for. */
export interface RightRequest {
  /** False: a run under way is an error (exit 7) rather than something to wait for. */
  readonly wait: boolean
  /** Is told once whom it waits for. */
  readonly onWait: (holder: string) => void
  /** Is told when somebody asks the holder to stop; without it nobody can ask. */
  readonly onCancel?: () => void
  readonly signal: AbortSignal
}

/** The ledger of whoever has the right to run, and when to stop: when asked to, or when the right is lost. */
export interface RightToRun {
  readonly runLedger: RunLedger
  readonly signal: AbortSignal
}

/** Lends the right to run: meanwhile no run, and nobody else who needs it, changes the ledger. */
export async function withRightToRun<T>(
  { url, graph }: { readonly url: string; readonly graph: Graph },
  { wait, onWait, onCancel, signal }: RightRequest,
  work: (right: RightToRun) => Promise<T>,
): Promise<T> {
  await withMigratedLedger(url, async () => {})
  const [lost, cancelled] = [new AbortController(), new AbortController()]
  const cancel = () => {
    onCancel?.()
    cancelled.abort()
  }
  const runLedger = await openRunLedger(url, {
    wait,
    onWait: (holder) => onWait(holderText(holder)),
    pid: ownPid(),
    graph,
    onLost: (error) => lost.abort(error),
    ...(onCancel && { onCancel: cancel }),
  })
  try {
    const signals = [signal, lost.signal, cancelled.signal]
    return await work({ runLedger, signal: AbortSignal.any(signals) })
  } finally {
    await runLedger.close()
  }
}

/** The run that others wait for, as they are told of it. */
function holderText(holder: RunHolder | undefined): string {
  if (holder === undefined) return "another run that is just starting"
  return `run ${holder.run} (${holder.command}), process ${holder.pid} on ${holder.host}`
}
