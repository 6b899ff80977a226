import type { Graph } from "@freshet/core/engine"
import { withPostgres } from "@freshet/embedded-postgres"
import type { LedgerClient } from "@freshet/io"

import type { Config } from "../config.ts"
import { buildDeclaredGraph, withMigratedLedger } from "../open-project.ts"
import { type RunLockRequest, withRunLock } from "../run-lock.ts"

/** How the ledger is changed by something that is no run. */
export interface MaintenanceRequest extends Omit<RunLockRequest, "onCancel"> {
  /** Only says what would change; needs no right. */
  readonly dryRun: boolean
}

/** The ledger, and when to stop. */
export interface MaintenanceLedger {
  readonly graph: Graph
  readonly client: LedgerClient
  readonly signal: AbortSignal
}

/** Lends the ledger while no run can change it, or anybody else; for a dry run as it is. */
export async function withMaintenanceLedger<T>(
  config: Config,
  supervisorCommand: readonly string[],
  request: MaintenanceRequest,
  work: (ledger: MaintenanceLedger) => Promise<T>,
): Promise<T> {
  const graph = buildDeclaredGraph(config)
  const { databaseUrl, home } = config
  return withPostgres({ databaseUrl, home, supervisorCommand }, (url) => {
    const { dryRun, wait, onWait, signal } = request
    return dryRun
      ? withMigratedLedger(url, (client) => work({ graph, client, signal }))
      : withRunLock({ url, graph }, { wait, onWait, signal }, ({ runLedger, signal }) =>
          work({ graph, client: runLedger.client, signal }),
        )
  })
}
