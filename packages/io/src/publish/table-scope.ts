import { createHash } from "node:crypto"

import type { PublicationTable } from "@freshet/core/engine"
import { publishedPartitions } from "@freshet/schema/ledger"
import { eq } from "drizzle-orm"
import { drizzle } from "drizzle-orm/node-postgres"
import type { Client } from "pg"

import { countRows } from "./count-rows.ts"
import { formatTableName, quoteTable, type TargetTable } from "./target-table.ts"

/** The part of a table that a publication writes. */
export type TableScope =
  | { readonly kind: "unchanged" }
  | { readonly kind: "whole" }
  /** The partitions with other rows than before, and the values of the partition column for all rows to replace. */
  | {
      readonly kind: "partitions"
      readonly changedKeys: ReadonlySet<string>
      readonly values: readonly string[]
    }

/** A scope, and the recorded number of rows of each partition. */
export interface ScopedTable {
  readonly scope: TableScope
  readonly recordedRows: ReadonlyMap<string, number>
}

/** Hashes the rows of a partition and their form in a table. Partitions of equal hash have equal rows. */
export function hashContent(
  { key, columns, partitionColumn }: TargetTable,
  dataVersion: string,
): string {
  const form = columns.map(({ name, type, expression }) => [name, type, expression])
  const partition = partitionColumn === undefined ? [] : [partitionColumn.name]
  return createHash("sha256")
    .update(JSON.stringify([dataVersion, key, form, ...partition]))
    .digest("hex")
}

/**
 * Finds the part of a table to write: nothing if it was published with these rows; some partitions if the others are
 * there in the same form; otherwise the whole table. A table with another number of rows than recorded is written whole.
 */
export async function findScope(
  client: Client,
  target: TargetTable,
  { partitions }: PublicationTable,
): Promise<ScopedTable> {
  const recorded = await readRecordedContent(client, target)
  const recordedRows = new Map(recorded.map(({ partition_key, rows }) => [partition_key, rows]))
  const whole: ScopedTable = { scope: { kind: "whole" }, recordedRows }
  const hasSameForm = recorded.every(
    ({ content, data_version }) => content === hashContent(target, data_version),
  )
  const sum = recorded.reduce((rows, partition) => rows + partition.rows, 0)
  if (
    recorded.length === 0 ||
    !hasSameForm ||
    (await countRows(client, quoteTable(target))) !== sum
  )
    return whole
  const versions = new Map(
    recorded.map(({ partition_key, data_version }) => [partition_key, data_version]),
  )
  const changedKeys = new Set(
    partitions
      .filter(({ key, dataVersion }) => versions.get(key) !== dataVersion)
      .map(({ key }) => key),
  )
  const keys = new Set(partitions.map(({ key }) => key))
  const removedKeys = [...versions.keys()].filter((key) => !keys.has(key))
  if (changedKeys.size + removedKeys.length === 0)
    return { scope: { kind: "unchanged" }, recordedRows }
  const replacedKeys = [...changedKeys, ...removedKeys]
  const values = replacedKeys.flatMap((key) => target.partitionColumn?.formatValue(key) ?? [])
  if (values.length < replacedKeys.length) return whole
  return { scope: { kind: "partitions", changedKeys, values }, recordedRows }
}

async function readRecordedContent(client: Client, target: TargetTable) {
  const { partition_key, content, rows, data_version } = publishedPartitions
  return drizzle({ client })
    .select({ partition_key, content, rows, data_version })
    .from(publishedPartitions)
    .where(eq(publishedPartitions.table_name, formatTableName(target)))
}
