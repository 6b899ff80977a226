import type { Graph } from "@freshet/core/engine"
import type { Client } from "pg"

import {
  type AdoptionLedger,
  type MigratedLedgers,
  listOtherLedgers,
  migratedLedgersColumns,
} from "../environments/adopt-materializations.ts"
import { applyRenames, findPendingRenames } from "./apply-renames.ts"
import { recordDeclaredAssets } from "./declared-assets.ts"
import { assignLedgerNames, findRecordedNames, type LedgerNames } from "./ledger-names.ts"
import { type LedgerPosition, positionColumns } from "./ledger-position.ts"
import { openingLock, withLock } from "./locks.ts"
import {
  areRecorded,
  declarationColumns,
  type RecordedDeclarations,
} from "./recorded-declarations.ts"
import {
  acquireRunLock,
  releaseSharedRunLock,
  type RunLockOptions,
  shareRunLock,
} from "./run-lock.ts"
import { type DeadWorkers, deadWorkersColumns, endListedWorkers } from "./workers.ts"

/** The names of the ledger, and its state before the run reads it. */
export interface OpenedRecords {
  readonly names: LedgerNames
  readonly position: LedgerPosition
  /** The ledgers of the other environments. */
  readonly otherLedgers: readonly AdoptionLedger[]
}

/** The declarations of a run that opens, and its environment. */
interface OpeningOptions extends RunLockOptions {
  readonly graph: Graph
  readonly environment: string | undefined
}

/** Closes the runs of dead workers and records the declarations. Renames wait until no other run is under way. */
export async function openRecords(client: Client, options: OpeningOptions): Promise<OpenedRecords> {
  const { graph, mode, environment } = options
  if (mode === "shared" && (await findPendingRenames(client, graph)).length > 0) {
    await releaseSharedRunLock(client)
    await acquireRunLock(client, { ...options, mode: "exclusive" })
    await applyRenames(client, graph)
    await shareRunLock(client)
  }
  return withLock(client, openingLock, async () => {
    if (mode === "exclusive") await applyRenames(client, graph)
    const { step, publication, epoch, ...state } = await readOpeningState(client)
    await endListedWorkers(client, state)
    return {
      names: await recordDeclarations(client, graph, state),
      position: { step, publication, epoch },
      otherLedgers: listOtherLedgers(state, environment),
    }
  })
}

type OpeningState = DeadWorkers & RecordedDeclarations & MigratedLedgers & LedgerPosition

async function readOpeningState(client: Client): Promise<OpeningState> {
  const { rows } = await client.query<OpeningState>(
    `select ${deadWorkersColumns}, ${declarationColumns}, ${migratedLedgersColumns}, ${positionColumns}`,
  )
  const [state] = rows
  if (state === undefined) throw new Error("the ledger has no state")
  return state
}

/** Records the declarations if the ledger has others, and returns the names of the ledger. */
async function recordDeclarations(
  client: Client,
  graph: Graph,
  recorded: RecordedDeclarations,
): Promise<LedgerNames> {
  const names = areRecorded(recorded, graph)
    ? await findRecordedNames(client, graph, recorded)
    : undefined
  if (names !== undefined) return names
  await recordDeclaredAssets(client, graph)
  return assignLedgerNames(client, graph)
}
