import {
  type LedgerClient,
  migrateLedger,
  migratePublishedTables,
  withLedgerConnection,
  withLedgerState,
} from "@freshet/io"
import { getMigrationsFolder } from "@freshet/schema"

/** A database, and the project's migrations of published tables in it. */
export interface MigratedDatabase {
  readonly url: string
  readonly config: { readonly migrations: string }
}

/** Connects to a database and migrates the ledger's tables and the published ones first. */
export function withMigratedLedger<T>(
  { url, config }: MigratedDatabase,
  work: (client: LedgerClient) => Promise<T>,
): Promise<T> {
  return withLedgerConnection(url, async (client) => {
    await migrate(client, config)
    return work(client)
  })
}

/** Runs work with a state that was read from a database, whose tables are brought up to date first. */
export function withMigratedState<S, T>(
  { url, config }: MigratedDatabase,
  read: (client: LedgerClient) => Promise<S>,
  work: (state: S) => Promise<T>,
): Promise<T> {
  const migrateAndRead = async (client: LedgerClient) => {
    await migrate(client, config)
    return await read(client)
  }
  return withLedgerState(url, migrateAndRead, work)
}

async function migrate(
  client: LedgerClient,
  { migrations }: MigratedDatabase["config"],
): Promise<void> {
  await migrateLedger(client, getMigrationsFolder())
  await migratePublishedTables(client, migrations)
}
