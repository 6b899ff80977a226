import { FreshetError, type Graph, listPublishedAssets } from "@freshet/core/engine"
import type { Client } from "pg"

import { findTableName } from "../publish/target-table.ts"
import { withTransaction } from "./transaction.ts"

/** The retained materializations of an asset that is no longer declared. */
export interface OrphanedAsset {
  readonly asset: string
  readonly materializations: number
  readonly files: number
  readonly bytes: number
}

/** A table that was published and that no declared asset is published to. */
export interface OrphanedTable {
  readonly table: string
  /** The asset that published its rows last. */
  readonly asset: string
  readonly rows: number
}

/** The data that no declaration mentions. */
export interface Orphans {
  readonly assets: readonly OrphanedAsset[]
  readonly tables: readonly OrphanedTable[]
}

/** Reads the assets with records that are no longer declared, and the tables to which no declared asset is published. */
export async function readOrphans(client: Client, graph: Graph): Promise<Orphans> {
  const declaredNames = [...graph.assets.values()].flatMap(({ name, previousNames }) => [
    name,
    ...previousNames,
  ])
  const declaredTables = listPublishedAssets(graph).flatMap((asset) => findTableName(asset) ?? [])
  const assets = await client.query<OrphanedAsset>(orphanedAssetsQuery, [declaredNames])
  const tables = await client.query<OrphanedTable>(orphanedTablesQuery, [declaredTables])
  return { assets: assets.rows, tables: tables.rows }
}

const orphanedAssetsQuery = `
  select removed.name as asset, recorded.*
  from freshet.declared_assets as removed cross join lateral (
    select coalesce(sum(times), 0)::integer as materializations, count(*)::integer as files,
      coalesce(sum(bytes), 0)::float8 as bytes
    from (
      select file, max(bytes) as bytes, count(*) as times
      from freshet.materializations where asset = removed.name group by file
    ) as files
  ) as recorded
  where removed.name <> all($1::text[]) and recorded.materializations > 0
  order by removed.name`

/** Finds the table of a recorded name, which has no quotes. */
const tableQuery = (name: string) => `
  select relation.oid::regclass::text as relation
  from pg_class as relation join pg_namespace as schema on schema.oid = relation.relnamespace
  where relation.relkind in ('r', 'p') and (
    schema.nspname || '.' || relation.relname = ${name}
    or (relation.relname = ${name} and pg_table_is_visible(relation.oid))
  )`

const orphanedTablesQuery = `
  select table_name as table, min(asset) as asset, sum(rows)::float8 as rows
  from freshet.published_partitions
  where table_name <> all($1::text[]) and exists (${tableQuery("table_name")})
  group by table_name
  order by table_name`

/** Drops tables and their publication records, all of them or none. */
export async function dropPublishedTables(
  client: Client,
  tables: readonly string[],
): Promise<void> {
  await withTransaction(client, async () => {
    for (const table of tables) await dropPublishedTable(client, table)
  })
}

async function dropPublishedTable(client: Client, table: string): Promise<void> {
  const { rows } = await client.query<{ relation: string }>(tableQuery("$1"), [table])
  const relation = rows[0]?.relation
  if (relation !== undefined)
    await client.query(`drop table ${relation}`).catch((cause: Error) => {
      throw new FreshetError("publish", `The table ${table} was not dropped: ${cause.message}`, {
        cause,
        hint: "Nothing was dropped. Drop what depends on the table first.",
      })
    })
  for (const records of ["published_partitions", "published_tables"])
    await client.query(`delete from freshet.${records} where table_name = $1`, [table])
}
