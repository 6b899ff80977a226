import { readFile } from "node:fs/promises"
import { join } from "node:path"

import { FreshetError, quoteName } from "@freshet/core/engine"
import type { Client } from "pg"

import { migrationLock, withLock } from "../ledger/locks.ts"
import { type Migration, migrateLedger, readMigrations } from "../ledger/migrate.ts"
import { withTransaction } from "../ledger/transaction.ts"
import { describeCause } from "../publish/publish-error.ts"
import { toEnvironmentSchema } from "./environment-name.ts"
import { environmentTables } from "./environment-statements.ts"
import { type Environment, readEnvironments } from "./environments.ts"

/**
 * Applies the missing migrations to the ledger of the default environment and to those of all others, over a connection
 * to the default one.
 */
export async function migrateLedgers(client: Client, folder: string): Promise<void> {
  await migrateLedger(client, folder)
  const migrations = await readMigrations(folder)
  if ((await findOutdated(client, migrations)).length === 0) return
  await withLock(client, migrationLock, async () => {
    for (const { name } of await findOutdated(client, migrations))
      await migrateEnvironment(client, name, migrations)
  })
}

async function findOutdated(
  client: Client,
  migrations: readonly Migration[],
): Promise<readonly Environment[]> {
  const newest = Math.max(0, ...migrations.map(({ when }) => when))
  return (await readEnvironments(client)).filter(({ migration }) => migration < newest)
}

/** Applies the missing migrations to the ledger of an environment, all or none of them, unless it has been dropped. */
async function migrateEnvironment(
  client: Client,
  name: string,
  migrations: readonly Migration[],
): Promise<void> {
  try {
    await withTransaction(client, async () => {
      const { rows } = await client.query<{ migration: number }>(
        "select migration::float8 from freshet.environments where name = $1 for update",
        [name],
      )
      const applied = rows[0]?.migration ?? Infinity
      for (const migration of migrations.filter(({ when }) => when > applied))
        await applyMigration(client, name, migration)
    })
  } catch (cause) {
    const message = `The ledger of the environment ${name} cannot be brought up to date: ${describeCause(cause)}`
    throw new FreshetError("ledger", message, {
      cause,
      hint: `\`freshet env drop ${name}\` drops the environment, \`freshet env create ${name}\` creates it again.`,
    })
  }
}

async function applyMigration(
  client: Client,
  name: string,
  { folder, tag, when }: Migration,
): Promise<void> {
  const schema = toEnvironmentSchema("freshet", name)
  const { rows } = await client.query<{ relname: string }>(
    "select relname from pg_class where relnamespace = $1::regnamespace",
    [quoteName(schema)],
  )
  const relations = new Set([...environmentTables, ...rows.map(({ relname }) => relname)])
  const text = await readFile(join(folder, `${tag}.sql`), "utf8")
  for (const statement of text.split("--> statement-breakpoint")) {
    const environmentStatement = placeStatement(statement, { schema, relations })
    if (environmentStatement === undefined) continue
    await client.query(environmentStatement)
    if (/^\s*create table/i.test(statement)) await shareSequences(client, schema)
  }
  await client.query("update freshet.environments set migration = $2 where name = $1", [name, when])
}

/** A table or an index as migrations name it. */
const relationPattern = /"freshet"\."(\w+)"/g

/** Lets a statement change the ledger of an environment. Returns undefined if it changes a table that all environments share. */
export function placeStatement(
  statement: string,
  { schema, relations }: { readonly schema: string; readonly relations: ReadonlySet<string> },
): string | undefined {
  const [, changedRelation = ""] = new RegExp(relationPattern.source).exec(statement) ?? []
  if (!relations.has(changedRelation)) return undefined
  return statement.replace(relationPattern, (name, relation: string) =>
    relations.has(relation) ? `${quoteName(schema)}.${quoteName(relation)}` : name,
  )
}

/** Lets new tables of an environment take their ids from the sequences of the default ledger, like the others. */
async function shareSequences(client: Client, schema: string): Promise<void> {
  const { rows } = await client.query<{
    table: string
    column: string
    own: string
    shared: string
  }>(
    `select * from (
       select format('%I.%I', $1::text, relname) as table, quote_ident(attname) as column,
         pg_get_serial_sequence(format('%I.%I', $1::text, relname), attname) as own,
         pg_get_serial_sequence(format('freshet.%I', relname), attname) as shared
       from pg_class join pg_attribute on attrelid = pg_class.oid
       where relnamespace = quote_ident($1)::regnamespace and relkind = 'r' and atthasdef
     ) as columns where own is not null and shared is not null`,
    [schema],
  )
  for (const { table, column, own, shared } of rows) {
    await client.query(
      `alter table ${table} alter column ${column} set default nextval('${shared}'::regclass)`,
    )
    await client.query(`drop sequence ${own}`)
  }
}
