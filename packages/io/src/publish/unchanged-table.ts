import { createHash } from "node:crypto"

import type { PublicationTable, TableChange } from "@freshet/core/engine"
import { publishedPartitions } from "@freshet/schema/ledger"
import { eq } from "drizzle-orm"
import { drizzle } from "drizzle-orm/node-postgres"
import type { Client } from "pg"

import { formatTableName, quoteTable, type TargetTable } from "./target-table.ts"

/** The recorded content of a table: key of each partition → hash of its rows and their form, and the number of rows. */
export type RecordedContent = ReadonlyMap<
  string,
  { readonly content: string; readonly rows: number }
>

/** Hashes the rows of a partition and their form in a table. Partitions of equal hash have equal rows. */
export function hashContent({ key, columns }: TargetTable, dataVersion: string): string {
  const form = columns.map(({ name, type, expression }) => [name, type, expression])
  return createHash("sha256")
    .update(JSON.stringify([dataVersion, key, form]))
    .digest("hex")
}

/** Reads the recorded content of a table. */
export async function readRecordedContent(
  client: Client,
  target: TargetTable,
): Promise<RecordedContent> {
  const { partition_key, content, rows } = publishedPartitions
  const records = await drizzle({ client })
    .select({ partition_key, content, rows })
    .from(publishedPartitions)
    .where(eq(publishedPartitions.table_name, formatTableName(target)))
  return new Map(records.map((record) => [record.partition_key, record]))
}

/** Returns an empty change and the recorded numbers of rows if the table was published with these rows and still has as many; else undefined. */
export async function findUnchangedTable(
  client: Client,
  target: TargetTable,
  { partitions }: PublicationTable,
): Promise<
  { readonly change: TableChange; readonly rows: ReadonlyMap<string, number> } | undefined
> {
  const recorded = await readRecordedContent(client, target)
  const isRecorded = partitions.every(
    ({ key, dataVersion }) => recorded.get(key)?.content === hashContent(target, dataVersion),
  )
  if (!isRecorded || recorded.size !== partitions.length) return undefined
  const rows = [...recorded.values()].reduce((sum, partition) => sum + partition.rows, 0)
  if ((await countRows(client, target)) !== rows) return undefined
  const table = formatTableName(target)
  return {
    change: { asset: target.asset.name, table, inserted: 0, updated: 0, deleted: 0, rows },
    rows: new Map([...recorded].map(([key, partition]) => [key, partition.rows])),
  }
}

async function countRows(client: Client, target: TargetTable): Promise<number> {
  const { rows } = await client.query<{ rows: string }>(
    `select count(*) as rows from ${quoteTable(target)}`,
  )
  return Number(rows[0]?.rows)
}
