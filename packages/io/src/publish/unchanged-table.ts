import { createHash } from "node:crypto"

import type { TableChange } from "@freshet/core/engine"
import { publications, type RecordedChange } from "@freshet/schema/ledger"
import { desc, sql } from "drizzle-orm"
import { drizzle } from "drizzle-orm/node-postgres"
import type { Client } from "pg"

import { formatTableName, quoteTable, type TargetTable } from "./target-table.ts"

/** Hashes the content of a table: its rows and their form. Tables of equal hash have equal rows. */
export function hashTableContent({ key, columns }: TargetTable, dataVersion: string): string {
  const form = columns.map(({ name, type, expression }) => [name, type, expression])
  return createHash("sha256")
    .update(JSON.stringify([dataVersion, key, form]))
    .digest("hex")
}

/** Returns an empty change if the latest publication had the same content and the table still has as many rows; else undefined. */
export async function findUnchangedTable(
  client: Client,
  target: TargetTable,
  content: string,
): Promise<TableChange | undefined> {
  const previousChange = await findLastChange(client, formatTableName(target))
  if (previousChange?.content !== content) return undefined
  const { rows } = await client.query<{ rows: string }>(
    `select count(*) as rows from ${quoteTable(target)}`,
  )
  if (Number(rows[0]?.rows) !== previousChange.rows) return undefined
  const { table } = previousChange
  return {
    asset: target.asset.name,
    table,
    inserted: 0,
    updated: 0,
    deleted: 0,
    rows: previousChange.rows,
  }
}

/** Selects the newest publication that included a table, in any set. */
async function findLastChange(client: Client, table: string): Promise<RecordedChange | undefined> {
  const [publication] = await drizzle({ client })
    .select({ changes: publications.changes })
    .from(publications)
    .where(sql`${publications.changes} @> ${JSON.stringify([{ table }])}::jsonb`)
    .orderBy(desc(publications.id))
    .limit(1)
  return publication?.changes.find((change) => change.table === table)
}
