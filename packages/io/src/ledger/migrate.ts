import { readFile } from "node:fs/promises"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"
import type { Client } from "pg"

import { describeCause } from "../publish/publish-error.ts"
import { migrationLock, withLock } from "./locks.ts"

/** Migrations in a folder with a journal, and the table of the schema `freshet` that records which are applied. */
interface MigrationJournal {
  readonly folder: string
  readonly table: string
  /** The subject of error messages. */
  readonly label: string
  readonly hint: string
  /** Prepares the connection that executes the migrations. */
  readonly prepare?: PrepareMigrations | undefined
}

/** Prepares the schemas of an environment, and returns a connection whose statements name these. */
export type PrepareMigrations = (client: Client) => Promise<Client>

/**
 * Applies the missing migrations of the ledger to the database, all or none of them.
 * Processes may do so concurrently. An up-to-date database costs one query.
 */
export async function migrateLedger(client: Client, folder: string): Promise<void> {
  const journal = {
    folder,
    table: "migrations",
    label: "The ledger's tables",
    hint: "See that the database's user may create schemas and tables.",
  }
  const newestVersion = await readNewestMigration(folder)
  if ((await migrate(client, journal, newestVersion)) > newestVersion)
    throw new FreshetError("ledger", "The database was last used by a newer Freshet.", {
      hint: "Use that version, or another database.",
    })
}

/** The folders of migrations of the ledger and of published tables. */
export interface MigrationFolders {
  readonly ledger: string
  readonly tables: string
}

/** Tests with one query if the ledgers of all environments and the published tables of the default one have all migrations, and no later ones. */
export async function areTablesMigrated(
  client: Client,
  { ledger, tables }: MigrationFolders,
): Promise<boolean> {
  const newest = await readNewestMigration(ledger)
  const newestOfTables = await readNewestMigration(tables)
  const tablesTest =
    newestOfTables === 0
      ? "" // the table is created by the first migration
      : `and (select max(created_at) from freshet.table_migrations) >= ${newestOfTables}`
  try {
    const { rows } = await client.query<{ migrated: boolean }>(
      `select (select max(created_at) from freshet.migrations) = ${newest} ${tablesTest}
         and not exists (select from freshet.environments where migration < ${newest}) as migrated`,
    )
    return rows[0]?.migrated === true
  } catch (cause) {
    if (isMissingTable(cause)) return false
    throw new FreshetError("ledger", "The ledger's migrations cannot be read.", { cause })
  }
}

/**
 * Applies the missing migrations of a project's published tables, all or none of them. A folder
 * without a journal has no migrations. The order of the ledger's migrations and of these is independent.
 */
export async function migratePublishedTables(
  client: Client,
  folder: string,
  prepare?: PrepareMigrations,
): Promise<void> {
  const journal = {
    folder,
    table: "table_migrations",
    label: "The published tables",
    hint: `The migrations are in ${folder}: change the one that fails, for example give a new column a default.`,
    prepare,
  }
  await migrate(client, journal, await readNewestMigration(folder))
}

/** Returns the newest version that the database had. */
async function migrate(
  client: Client,
  journal: MigrationJournal,
  newestVersion: number,
): Promise<number> {
  const applied = await readNewestApplied(client, journal)
  if (applied >= newestVersion) return applied
  return withLock(client, migrationLock, async () => {
    const appliedMeanwhile = await readNewestApplied(client, journal)
    if (appliedMeanwhile < newestVersion) await applyMigrations(client, journal)
    return appliedMeanwhile
  })
}

/** A migration: the file `tag`.sql in its folder, and its time, which is its number. */
export interface Migration {
  readonly folder: string
  readonly tag: string
  readonly when: number
}

/** Reads the time of the newest migration, which is its number; 0 without a journal. */
export async function readNewestMigration(folder: string): Promise<number> {
  return Math.max(0, ...(await readMigrations(folder)).map(({ when }) => when))
}

/** Reads the migrations in their order; none without a journal. */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const text = await readJournal(folder)
  if (text === undefined) return []
  // The generator of migrations writes this file.
  const { entries } = JSON.parse(text) as { entries: readonly Omit<Migration, "folder">[] }
  return entries.map(({ tag, when }) => ({ folder, tag, when }))
}

async function readJournal(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, "meta/_journal.json"), "utf8")
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined
    throw cause
  }
}

async function readNewestApplied(client: Client, { table }: MigrationJournal): Promise<number> {
  try {
    const { rows } = await client.query<{ newest: number | null }>(
      `select max(created_at)::float8 as newest from freshet.${table}`,
    )
    return rows[0]?.newest ?? 0
  } catch (cause) {
    if (isMissingTable(cause)) return 0
    throw new FreshetError("ledger", "The ledger's migrations cannot be read.", { cause })
  }
}

/** Tests if a statement failed because of a table that does not exist. */
export function isMissingTable(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "42P01"
}

/** Finds the error of the server inside the error of the library, which repeats the statement only. */
function findServerError(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error
    ? findServerError(error.cause)
    : error
}

async function applyMigrations(
  client: Client,
  { folder, table, label, hint, prepare }: MigrationJournal,
): Promise<void> {
  const { drizzle } = await import("drizzle-orm/node-postgres")
  const migrator = await import("drizzle-orm/node-postgres/migrator")
  const migrationClient = (await prepare?.(client)) ?? client
  try {
    await migrator.migrate(drizzle(migrationClient), {
      migrationsFolder: folder,
      migrationsSchema: "freshet",
      migrationsTable: table,
    })
  } catch (cause) {
    const words = describeCause(findServerError(cause))
    throw new FreshetError("ledger", `${label} cannot be brought up to date: ${words}`, {
      cause,
      hint,
    })
  }
}
