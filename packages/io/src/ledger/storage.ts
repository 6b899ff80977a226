import type { Client } from "pg"

import type { LedgerNames } from "./ledger-names.ts"
import { toMilliseconds } from "./milliseconds-sql.ts"

/** The stored rows of one asset. Materializations with equal rows share a file. */
export interface AssetStorage {
  readonly asset: string
  readonly materializations: number
  readonly files: number
  readonly bytes: number
  /** The bytes of the files that hold the newest rows of a partition. */
  readonly newestBytes: number
}

/** Measures the files of materializations by asset. An asset is listed under its current name. */
export async function readStorage(
  client: Client,
  names: LedgerNames,
): Promise<readonly AssetStorage[]> {
  const { rows } = await client.query<AssetStorage>(storageQuery, [
    [...names.currentNames.keys()],
    [...names.currentNames.values()],
  ])
  return rows
}

const storageQuery = `
  select asset, sum(materializations)::float8 as materializations, count(*)::float8 as files,
    sum(bytes)::float8 as bytes,
    coalesce(sum(bytes) filter (where is_newest), 0)::float8 as "newestBytes"
  from (
    select asset, file, max(bytes) as bytes, count(*) as materializations,
      bool_or(is_newest) as is_newest
    from (
      select asset, file, bytes, seq = max(seq) over (partition by asset, partition) as is_newest
      from (
        select coalesce(current.asset, m.asset) as asset, partition, file, bytes, seq
        from freshet.materializations as m
        left join unnest($1::text[], $2::text[]) as current (name, asset) on current.name = m.asset
      ) as named
    ) as recorded
    group by asset, file
  ) as files
  group by asset
  order by asset`

/** A published table with the content that the ledger recorded. */
export interface PublishedTable {
  readonly table: string
  readonly set: string
  readonly asset: string
  readonly partitions: number
  readonly rows: number
  readonly publishedMs: number
}

/** Reads the published tables, and the time at which each was changed last. */
export async function readPublishedTables(client: Client): Promise<readonly PublishedTable[]> {
  const { rows } = await client.query<PublishedTable>(`
    select table_name as table, min(set) as set, min(asset) as asset, count(*)::float8 as partitions,
      sum(rows)::float8 as rows, ${toMilliseconds("max(published_at)")} as "publishedMs"
    from freshet.published_partitions group by table_name order by table_name`)
  return rows
}
