import type { Graph } from "@freshet/core"
import { type LedgerClient, withPostgres } from "@freshet/io"

import type { Config } from "../config.ts"
import { declaredGraph, withMigratedLedger } from "./open-project.ts"
import { type RightRequest, withRightToRun } from "./right-to-run.ts"

/** How the ledger is changed by something that is no run. */
export interface ChangeRequest extends Omit<RightRequest, "onCancel"> {
  /** Only says what would change; needs no right. */
  readonly dryRun: boolean
}

/** The ledger, and when to stop. */
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
  return withPostgres({ databaseUrl, home, keeperCommand }, (url) => {
    const { dryRun, wait, onWait, signal } = request
    return dryRun
      ? withMigratedLedger(url, (client) => work({ graph, client, signal }))
      : withRightToRun({ url, graph }, { wait, onWait, signal }, ({ runLedger, signal }) =>
          work({ graph, client: runLedger.client, signal }),
        )
  })
}
