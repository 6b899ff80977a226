import type { Client } from "pg"

import { formatTableName, quoteTable, type TargetTable } from "./target-table.ts"

/** The rows of a published table, and the transactions that wrote them. */
export interface WrittenRows {
  readonly rows: number
  /** The `xmin` of the rows. */
  readonly writers: readonly string[]
  /** The writers that are transactions of recorded publications. */
  readonly publicationWriters: readonly string[]
}

/** Counts the rows of a table, and finds rows that another program wrote. */
export async function readWrittenRows(client: Client, target: TargetTable): Promise<WrittenRows> {
  const { rows } = await client.query<{
    writer: string
    rows: number
    is_publication: boolean | null
  }>(
    `select writer, rows::float8 as rows,
      writer = recorded.xmin::text or writer = any(recorded.writers) as is_publication
    from (select xmin::text as writer, count(*) as rows from ${quoteTable(target)} group by xmin) written
    left join freshet.published_tables recorded on recorded.table_name = $1`,
    [formatTableName(target)],
  )
  return {
    rows: rows.reduce((sum, written) => sum + written.rows, 0),
    writers: rows.map(({ writer }) => writer),
    publicationWriters: rows.flatMap(({ writer, is_publication }) =>
      is_publication === true ? [writer] : [],
    ),
  }
}

/** Records the writers of a table's earlier rows; its latest writer is the open transaction. */
export async function recordWriters(
  client: Client,
  target: TargetTable,
  writers: readonly string[],
): Promise<void> {
  await client.query(
    `insert into freshet.published_tables (table_name, writers) values ($1, $2)
    on conflict (table_name) do update set writers = excluded.writers`,
    [formatTableName(target), writers],
  )
}
