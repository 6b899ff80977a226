import { type Graph, listPublishedAssets, quoteName } from "@freshet/core/engine"
import { is } from "drizzle-orm"
import { getTableConfig, PgTable } from "drizzle-orm/pg-core"
import type { Client } from "pg"

import { migratePublishedTables } from "../ledger/migrate.ts"
import { toEnvironmentSchema } from "./environment-name.ts"
import { createEnvironmentSchemas } from "./environment-schemas.ts"
import { readEnvironments } from "./environments.ts"
import { listMigratedSchemas, renameClientSchemas, renameSchemas } from "./renamed-schemas.ts"

/** The environment, and the declared tables and their migrations. */
export interface PublishedTablesOptions {
  readonly environment: string
  readonly graph: Graph
  /** Folder of the migrations of published tables. */
  readonly migrations: string
}

/**
 * Makes the published tables of an environment: those of the migrations, and copies of the form of tables that the
 * default environment has without a migration. Their rows are those of the environment's next publication.
 */
export async function createPublishedTables(
  client: Client,
  { environment, graph, migrations }: PublishedTablesOptions,
): Promise<void> {
  const tables = listDeclaredTables(graph)
  await createEnvironmentSchemas(client, environment, [
    ...new Set(tables.map(({ schema }) => schema)),
  ])
  await migrateEnvironmentTables(client, migrations, environment)
  for (const { schema, name } of tables) {
    const table = formatTable(toEnvironmentSchema(schema, environment), name)
    const { rows } = await client.query<{ isMissing: boolean }>(
      `select to_regclass($1) is null and to_regclass($2) is not null as "isMissing"`,
      [table, formatTable(schema, name)],
    )
    if (rows[0]?.isMissing === true)
      await client.query(`create table ${table} (like ${formatTable(schema, name)} including all)`)
  }
}

/** Applies the missing migrations of a project's published tables to the schemas of an environment, over a connection to its ledger. */
export async function migrateEnvironmentTables(
  client: Client,
  folder: string,
  environment: string,
): Promise<void> {
  await migratePublishedTables(client, folder, async () => {
    const schemas = [...new Set(["public", ...(await listMigratedSchemas(folder))])]
    await createEnvironmentSchemas(client, environment, schemas)
    await client.query(`set search_path = ${quotePublicSchema(environment)}, public`)
    return renameClientSchemas(client, schemas, environment)
  })
  await client.query("reset search_path")
}

/** Lets a query over published tables read those of an environment, and the following ones without a schema: returns its text with the schemas of the environment. */
export async function placeQuery(
  client: Client,
  sql: string,
  environment: string,
): Promise<string> {
  const environments = await readEnvironments(client)
  const { schemas = [] } = environments.find(({ name }) => name === environment) ?? {}
  await client.query(`set search_path = ${quotePublicSchema(environment)}, public`)
  const suffix = toEnvironmentSchema("", environment)
  const baseSchemas = schemas.map((schema) => schema.slice(0, -suffix.length))
  return renameSchemas(sql, baseSchemas, environment)
}

function quotePublicSchema(environment: string): string {
  return quoteName(toEnvironmentSchema("public", environment))
}

/** Lists the tables of the published assets; a table without a schema is in `public`. */
function listDeclaredTables(graph: Graph) {
  return listPublishedAssets(graph).flatMap(({ publish }) => {
    if (!is(publish?.table, PgTable)) return []
    const { schema = "public", name } = getTableConfig(publish.table)
    return [{ schema, name }]
  })
}

function formatTable(schema: string, name: string): string {
  return `${quoteName(schema)}.${quoteName(name)}`
}
