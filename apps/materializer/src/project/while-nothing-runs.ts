import type { Graph } from "@freshet/core"
import { type LedgerClient, openRunLedger, withPostgres } from "@freshet/io"

import { type Config, ownPid } from "../config.ts"
import { declaredGraph, withMigratedLedger } from "./open-project.ts"
import { holderText } from "./run-plan.ts"

/** How the ledger is changed by something that is no run. */
export interface ChangeRequest {
  /** Only says what would change; needs no lock. */
  readonly dryRun: boolean
  /** False: a run under way is an error (exit 7) rather than something to wait for. */
  readonly wait: boolean
  readonly onWait: (holder: string) => void
  readonly signal: AbortSignal
}

/** The ledger, and when to stop: when asked to, or the lock is lost. */
export interface LentLedger {
  readonly graph: Graph
  readonly client: LedgerClient
  readonly signal: AbortSignal
}

/** Lends the ledger while no run can change it, or anybody else; for a dry run as it is. */
export async function whileNothingRuns<T>(
  config: Config,
  keeperCommand: readonly string[],
  request: ChangeRequest,
  work: (ledger: LentLedger) => Promise<T>,
): Promise<T> {
  const graph = declaredGraph(config)
  const { databaseUrl, home } = config
  return withPostgres({ databaseUrl, home, keeperCommand }, async (url) => {
    const { signal } = request
    if (request.dryRun) return withMigratedLedger(url, (client) => work({ graph, client, signal }))
    await withMigratedLedger(url, async () => {})
    const lost = new AbortController()
    const runLedger = await openRunLedger(url, {
      wait: request.wait,
      onWait: (holder) => request.onWait(holderText(holder)),
      pid: ownPid(),
      graph,
      onLost: (error) => lost.abort(error),
    })
    try {
      const { client } = runLedger
      return await work({ graph, client, signal: AbortSignal.any([signal, lost.signal]) })
    } finally {
      await runLedger.close()
    }
  })
}
