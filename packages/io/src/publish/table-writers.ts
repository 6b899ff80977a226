import type { Client } from "pg"

import { formatTableName, quoteTable, type TargetTable } from "./target-table.ts"

/** The rows of a published table, and the transactions that wrote them, as their `xmin`. */
export interface WrittenRows {
  readonly rows: number
  /** The transactions of publications. */
  readonly writers: readonly string[]
  /** The transactions of other programs. */
  readonly foreignWriters: readonly string[]
}

/** Reads the number of rows of a table and their writers. */
export async function readWrittenRows(client: Client, target: TargetTable): Promise<WrittenRows> {
  const { rows } = await client.query<WrittenRows>(
    `with written as (
      select xmin::text as writer, count(*) as rows,
        xmin::text in (
          select unnest(writers) from freshet.published_tables where table_name = $1
        ) as is_recorded
      from ${quoteTable(target)} group by xmin
    )
    select coalesce(sum(rows), 0)::float8 as rows,
      coalesce(array_agg(writer) filter (where is_recorded), '{}') as writers,
      coalesce(array_agg(writer) filter (where not is_recorded), '{}') as "foreignWriters"
    from written`,
    [formatTableName(target)],
  )
  return rows[0] ?? { rows: 0, writers: [], foreignWriters: [] }
}

/**
 * Records the writers of a table's rows: earlier ones, and the open transaction. Its number is that of the record, which
 * is stored as a value, because a restored record has the number of the transaction that restored it.
 */
export async function recordWriters(
  client: Client,
  target: TargetTable,
  writers: readonly string[],
): Promise<void> {
  const table = formatTableName(target)
  await client.query(
    `insert into freshet.published_tables (table_name, writers) values ($1, $2)
    on conflict (table_name) do update set writers = excluded.writers`,
    [table, writers],
  )
  await client.query(
    `update freshet.published_tables set writers = array_append(writers, xmin::text)
    where table_name = $1`,
    [table],
  )
}
