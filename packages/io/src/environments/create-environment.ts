import { FreshetError } from "@freshet/core/engine"
import type { Client } from "pg"

import { withLedgerConnection } from "../ledger/connection.ts"
import { environmentLock, withLock } from "../ledger/locks.ts"
import { acquireRunLock, type RunLockOptions } from "../ledger/run-lock.ts"
import { withTransaction } from "../ledger/transaction.ts"
import { dropSchemas } from "./drop-environment.ts"
import { toEnvironmentSchema, toEnvironmentUrl } from "./environment-name.ts"
import { createSchema } from "./environment-schemas.ts"
import { environmentTables } from "./environment-statements.ts"
import { readEnvironments } from "./environments.ts"

/** Decides how an environment is created. */
export interface CreateOptions extends Omit<RunLockOptions, "mode"> {
  readonly name: string
  /** The newest migration of the ledger. */
  readonly migration: number
  /** Makes the published tables of the environment, over a connection to its ledger. */
  readonly createTables: (client: Client) => Promise<void>
}

/**
 * Creates an environment with the records of the default one at one instant. The run lock is shared, so that no file of
 * these records is deleted meanwhile. An environment whose creation was interrupted is created from the beginning.
 */
export async function createEnvironment(url: string, options: CreateOptions): Promise<void> {
  const { name, migration, createTables } = options
  await withLedgerConnection(url, async (client) => {
    await acquireRunLock(client, { ...options, mode: "shared" })
    await withLock(client, environmentLock, async () => {
      await removeIncomplete(client, name)
      await withLedgerConnection(toEnvironmentUrl(url, name), async (environmentClient) => {
        await withTransaction(environmentClient, () =>
          createLedgerTables(environmentClient, name, migration),
        )
        await createTables(environmentClient)
        await environmentClient.query(
          "update freshet.environments set ready_at = now() where name = $1",
          [name],
        )
      })
    })
  })
}

/** Removes an environment whose creation was interrupted; fails for a complete one. */
async function removeIncomplete(client: Client, name: string): Promise<void> {
  const environments = await readEnvironments(client)
  const environment = environments.find((candidate) => candidate.name === name)
  if (environment === undefined) return
  if (!environment.isReady) return dropSchemas(client, environment)
  throw new FreshetError("config", `The environment ${name} exists already.`, {
    hint: `\`freshet --env ${name} status\` shows it, \`freshet env drop ${name}\` drops it.`,
  })
}

/** The tables whose records are copied, in the order of their references; the others record what happens in the environment. */
const copiedTables = [
  "identity",
  "wipes",
  "declared_assets",
  "runs",
  "steps",
  "materializations",
  "check_results",
  "line_counts",
] as const

/**
 * Creates the ledger of an environment in a transaction. Ids come from the sequences of the default ledger: a record has
 * the same id in all environments, and records of different origin have different ids. The journal of the published
 * tables is created with its first migration.
 */
async function createLedgerTables(client: Client, name: string, migration: number): Promise<void> {
  const schema = toEnvironmentSchema("freshet", name)
  await client.query("set transaction isolation level repeatable read")
  await client.query("set local search_path = pg_catalog")
  const { rows: references } = await client.query<{ table: string; definition: string }>(
    `select conrelid::regclass::text as table, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and connamespace = 'freshet'::regnamespace`,
  )
  await createSchema(client, schema)
  for (const table of environmentTables)
    if (table !== "table_migrations")
      await client.query(`create table freshet.${table} (like "freshet".${table} including all)`)
  for (const table of copiedTables)
    await client.query(`insert into freshet.${table} select * from "freshet".${table}`)
  await client.query(
    "update freshet.runs set outcome = 'interrupted', ended_at = now() where outcome is null",
  )
  for (const { table, definition } of references)
    await client.query(`alter table ${table} add ${definition}`)
  await client.query(
    "insert into freshet.environments (name, schemas, migration) values ($1, $2, $3)",
    [name, [schema], migration],
  )
}
