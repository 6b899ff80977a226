import { readFile } from "node:fs/promises"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"
import type { Client } from "pg"

import { describeCause } from "../publish/publish-error.ts"
import { migrationLock } from "./locks.ts"

const migrationsTable = { migrationsSchema: "freshet", migrationsTable: "migrations" } as const

/**
 * Applies the missing migrations of `folder` to the database, all or none of them.
 * Processes may do so concurrently. An up-to-date database costs one query.
 */
export async function migrate(client: Client, folder: string): Promise<void> {
  const newestVersion = await readNewestMigration(folder)
  if (await isCurrent(client, newestVersion)) return
  await client.query("select pg_advisory_lock($1, $2)", migrationLock)
  try {
    if (!(await isCurrent(client, newestVersion))) await applyMigrations(client, folder)
  } finally {
    await client.query("select pg_advisory_unlock($1, $2)", migrationLock)
  }
}

/** Reads the time of the newest migration, which is its number. */
async function readNewestMigration(folder: string): Promise<number> {
  const text = await readFile(join(folder, "meta/_journal.json"), "utf8")
  // The generator of migrations writes this file.
  const { entries } = JSON.parse(text) as { entries: readonly { when: number }[] }
  return Math.max(0, ...entries.map((entry) => entry.when))
}

async function isCurrent(client: Client, newestVersion: number): Promise<boolean> {
  const applied = await readNewestApplied(client)
  if (applied > newestVersion)
    throw new FreshetError("ledger", "The database was last used by a newer Freshet.", {
      hint: "Use that version, or another database.",
    })
  return applied === newestVersion
}

async function readNewestApplied(client: Client): Promise<number> {
  try {
    const { rows } = await client.query<{ newest: number | null }>(
      "select max(created_at)::float8 as newest from freshet.migrations",
    )
    return rows[0]?.newest ?? 0
  } catch (cause) {
    if (isMissingTable(cause)) return 0
    throw new FreshetError("ledger", "The ledger's migrations cannot be read.", { cause })
  }
}

function isMissingTable(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "42P01"
}

/** Finds the error of the server inside the error of the library, which repeats the statement only. */
function findServerError(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error
    ? findServerError(error.cause)
    : error
}

async function applyMigrations(client: Client, folder: string): Promise<void> {
  const { drizzle } = await import("drizzle-orm/node-postgres")
  const migrator = await import("drizzle-orm/node-postgres/migrator")
  try {
    await migrator.migrate(drizzle(client), { migrationsFolder: folder, ...migrationsTable })
  } catch (cause) {
    const words = describeCause(findServerError(cause))
    throw new FreshetError("ledger", `The ledger's tables cannot be brought up to date: ${words}`, {
      cause,
      hint: "See that the database's user may create schemas and tables.",
    })
  }
}
