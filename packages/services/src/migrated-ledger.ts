import {
  areTablesMigrated,
  type LedgerClient,
  migrateEnvironmentTables,
  migrateLedgers,
  migratePublishedTables,
  readNewestMigration,
  requireEnvironment,
  type ReusableDatabase,
  toDefaultUrl,
  withLedgerConnection,
  withLedgerState,
  withPreparedConnection,
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
  database: MigratedDatabase & ReusableDatabase,
  work: (client: LedgerClient) => Promise<T>,
): Promise<T> {
  return withPreparedConnection(database, (client) => migrateTables(client, database), work)
}

/** Runs work with a state that was read from a database, whose tables are brought up to date first. */
export function withMigratedState<S, T>(
  database: MigratedDatabase,
  read: (client: LedgerClient) => Promise<S>,
  work: (state: S) => Promise<T>,
): Promise<T> {
  const migrateAndRead = async (client: LedgerClient) => {
    await migrateTables(client, database)
    return await read(client)
  }
  return withLedgerState(database.url, migrateAndRead, work)
}

/** Brings the tables up to date. Migrations of the ledger are applied to all environments at once. */
export async function migrateTables(
  client: LedgerClient,
  { url, config: { migrations, environment } }: MigratedDatabase,
): Promise<void> {
  const ledgerMigrations = getMigrationsFolder()
  if (environment === undefined) {
    if (await areTablesMigrated(client, { ledger: ledgerMigrations, tables: migrations })) return
    await migrateLedgers(client, ledgerMigrations)
    return migratePublishedTables(client, migrations)
  }
  const { migration } = await requireEnvironment(client, environment)
  if (migration !== (await readNewestMigration(ledgerMigrations)))
    await withLedgerConnection(toDefaultUrl(url), (defaultClient) =>
      migrateLedgers(defaultClient, ledgerMigrations),
    )
  return migrateEnvironmentTables(client, migrations, environment)
}
