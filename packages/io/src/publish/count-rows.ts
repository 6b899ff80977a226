import type { Client } from "pg"

/** Counts the rows of a relation in SQL: a quoted table, or a query in parentheses. */
export async function countRows(client: Client, relation: string): Promise<number> {
  const { rows } = await client.query<{ rows: string }>(
    `select count(*) as rows from ${relation} as counted`,
  )
  return Number(rows[0]?.rows)
}
