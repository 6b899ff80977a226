import { FreshetError } from "@freshet/core/engine"
import type { Client } from "pg"

import { withLedgerConnection } from "../ledger/connection.ts"
import { environmentLock, migrationLock, withLock } from "../ledger/locks.ts"
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
  /** Makes the published tables of the environment, over a connection to its ledger. */
  readonly createTables: (client: Client) => Promise<void>
}

/**
 * Creates an environment with the records of the default one at one instant. The run lock is shared, so that no file of
 * these records is deleted meanwhile. An environment whose creation was interrupted is created from the beginning.
 */
export async function createEnvironment(url: string, options: CreateOptions): Promise<void> {
  const { name, createTables } = options
  await withLedgerConnection(url, async (client) => {
    await acquireRunLock(client, { ...options, mode: "shared" })
    await withLock(client, environmentLock, async () => {
      await removeIncomplete(client, name)
      await withLedgerConnection(toEnvironmentUrl(url, name), async (environmentClient) => {
        await withLock(environmentClient, migrationLock, () =>
          withTransaction(environmentClient, () => createLedgerTables(environmentClient, name)),
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
 * the same id in all environments, and records of different origin have different ids. Indexes and constraints have the
 * names that migrations use. The journal of the published tables is created with its first migration.
 */
async function createLedgerTables(client: Client, name: string): Promise<void> {
  const schema = toEnvironmentSchema("freshet", name)
  await client.query("set transaction isolation level repeatable read")
  await client.query("set local search_path = pg_catalog")
  const { rows: tables } = await client.query<{ table: string }>(
    `select relname as table from pg_class
     where relnamespace = 'freshet'::regnamespace and relname = any($1) and relname <> 'table_migrations'`,
    [[...environmentTables]],
  )
  const names = tables.map(({ table }) => table)
  const definitions = await readDefinitions(client, names)
  await createSchema(client, schema)
  for (const table of names)
    await client.query(
      `create table freshet.${table} (like "freshet".${table} including all excluding indexes)`,
    )
  for (const table of copiedTables)
    await client.query(`insert into freshet.${table} select * from "freshet".${table}`)
  await client.query(
    "update freshet.runs set outcome = 'interrupted', ended_at = now() where outcome is null",
  )
  for (const definition of definitions) await client.query(definition)
  await client.query(
    `insert into freshet.environments (name, schemas, migration)
     select $1, $2, max(created_at) from freshet.migrations`,
    [name, [schema]],
  )
}

/** Reads the statements that make the keys, references and indexes of tables of the default ledger, keys first. */
async function readDefinitions(
  client: Client,
  tables: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await client.query<{ definition: string }>(
    `select definition from (
       select case contype when 'f' then 2 else 1 end as place, conname as name, conrelid as relation,
         format('alter table %s add constraint %I %s', conrelid::regclass, conname,
           pg_get_constraintdef(oid)) as definition
       from pg_constraint where contype in ('p', 'u', 'f')
       union all
       select 3, indexrelid::regclass::text, indrelid, pg_get_indexdef(indexrelid)
       from pg_index where not exists (select from pg_constraint where conindid = indexrelid)
     ) as definitions join pg_class on pg_class.oid = relation
     where relnamespace = '"freshet"'::regnamespace and relname = any($1)
     order by place, name`,
    [tables],
  )
  return rows.map(({ definition }) => definition)
}
