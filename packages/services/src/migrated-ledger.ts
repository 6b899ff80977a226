import {
  type LedgerClient,
  migrateEnvironmentTables,
  migrateLedger,
  migratePublishedTables,
  readNewestMigration,
  requireEnvironment,
  withLedgerConnection,
  withLedgerState,
} from "@freshet/io"
import { getMigrationsFolder } from "@freshet/schema"

import type { Config } from "./config.ts"

/** A database, and the project's migrations of published tables in it. */
export interface MigratedDatabase {
  readonly url: string
  readonly config: Pick<Config, "migrations" | "environment">
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

/** The ledger of an environment is that of its creation; it is not migrated. */
async function migrate(
  client: LedgerClient,
  { migrations, environment }: MigratedDatabase["config"],
): Promise<void> {
  if (environment !== undefined) {
    const migration = await readNewestMigration(getMigrationsFolder())
    await requireEnvironment(client, environment, migration)
    return migrateEnvironmentTables(client, migrations, environment)
  }
  await migrateLedger(client, getMigrationsFolder())
  await migratePublishedTables(client, migrations)
}
