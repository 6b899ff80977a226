import type { Client } from "pg"

import { formatTableName, quoteTable, type TargetTable } from "./target-table.ts"

/** The rows of a published table, and the transactions of the publications that wrote them. */
export interface WrittenRows {
  readonly rows: number
  /** The number of rows that another program wrote. */
  readonly foreignRows: number
  /** The `xmin` of rows of publications. */
  readonly writers: readonly string[]
}

/** Counts the rows of a table, and those that another program wrote. */
export async function readWrittenRows(client: Client, target: TargetTable): Promise<WrittenRows> {
  const { rows } = await client.query<WrittenRows>(
    `with recorded as materialized (
      select coalesce(
        (select array_append(writers, xmin::text) from freshet.published_tables where table_name = $1),
        '{}'
      )::xid[] as writers
    )
    select count(*)::float8 as rows,
      (count(*) filter (where xmin <> all ((select writers from recorded)::xid[])))::float8 as "foreignRows",
      (select writers::text[] from recorded) as writers
    from ${quoteTable(target)}`,
    [formatTableName(target)],
  )
  return rows[0] ?? { rows: 0, foreignRows: 0, writers: [] }
}

/** The number of writers from which those without rows are removed. */
const maxWriters = 8

/** Records the writers of a table's rows; the open transaction is the latest. Rows of other programs are as published if the server compared them. */
export async function recordWriters(
  client: Client,
  target: TargetTable,
  { writers, foreignRows, isCompared }: WrittenRows & { readonly isCompared: boolean },
): Promise<void> {
  const hasForeignWriters = isCompared && foreignRows > 0
  const isPruned = hasForeignWriters || writers.length > maxWriters
  const present = isPruned ? await readWriters(client, target) : writers
  await client.query(
    `insert into freshet.published_tables (table_name, writers) values ($1, $2)
    on conflict (table_name) do update set writers = excluded.writers`,
    [
      formatTableName(target),
      hasForeignWriters ? present : present.filter((writer) => writers.includes(writer)),
    ],
  )
}

async function readWriters(client: Client, target: TargetTable): Promise<readonly string[]> {
  const { rows } = await client.query<{ writer: string }>(
    `select xmin::text as writer from ${quoteTable(target)} group by xmin`,
  )
  return rows.map(({ writer }) => writer)
}
