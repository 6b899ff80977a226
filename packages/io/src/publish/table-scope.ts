import { createHash } from "node:crypto"

import type { PublicationTable } from "@freshet/core/engine"
import { publishedPartitions } from "@freshet/schema/ledger"
import { eq } from "drizzle-orm"
import { drizzle } from "drizzle-orm/node-postgres"
import type { Client } from "pg"

import { readWrittenRows, type WrittenRows } from "./table-writers.ts"
import { formatTableName, type TargetTable } from "./target-table.ts"

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

/** A partition as a publication recorded it. */
export interface RecordedPartition {
  readonly rows: number
  readonly file: string
  /** Checksum of the file; null if it was not computed. */
  readonly checksum: string | null
}

/** A scope, and what the ledger and the table say of the rows. */
export interface ScopedTable {
  readonly scope: TableScope
  readonly recorded: ReadonlyMap<string, RecordedPartition>
  /** The partitions whose rows are replaced, if all rows of the table are those that publications wrote. */
  readonly replacedPartitions: ReadonlyMap<string, RecordedPartition> | undefined
  readonly written: WrittenRows
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
  const content = await readRecordedContent(client, target)
  const written = await readWrittenRows(client, target)
  const recorded = new Map(
    content.map(({ partition_key, ...partition }) => [partition_key, partition]),
  )
  const hasSameForm = content.every(
    ({ content, data_version }) => content === hashContent(target, data_version),
  )
  const sum = content.reduce((rows, partition) => rows + partition.rows, 0)
  const isRecorded = content.length > 0 && hasSameForm && written.rows === sum
  const isPublished = isRecorded && written.foreignWriters.length === 0
  const whole = { kind: "whole" } as const
  const replaceWhole = {
    scope: whole,
    recorded,
    written,
    replacedPartitions: isPublished ? recorded : undefined,
  }
  if (!isRecorded) return replaceWhole
  const changedKeys = new Set(
    partitions
      .filter(({ key, dataVersion }) => recorded.get(key)?.data_version !== dataVersion)
      .map(({ key }) => key),
  )
  const keys = new Set(partitions.map(({ key }) => key))
  const removedKeys = [...recorded.keys()].filter((key) => !keys.has(key))
  const replacedKeys = [...changedKeys, ...removedKeys]
  if (replacedKeys.length === 0) return { ...replaceWhole, scope: { kind: "unchanged" } }
  const values = replacedKeys.flatMap((key) => target.partitionColumn?.formatValue(key) ?? [])
  if (values.length < replacedKeys.length) return replaceWhole
  return {
    scope: { kind: "partitions", changedKeys, values },
    recorded,
    written,
    replacedPartitions: isPublished ? pickPartitions(recorded, replacedKeys) : undefined,
  }
}

function pickPartitions<P>(
  partitions: ReadonlyMap<string, P>,
  keys: readonly string[],
): ReadonlyMap<string, P> {
  return new Map([...partitions].filter(([key]) => keys.includes(key)))
}

async function readRecordedContent(client: Client, target: TargetTable) {
  const { partition_key, content, rows, data_version, file, checksum } = publishedPartitions
  return drizzle({ client })
    .select({ partition_key, content, rows, data_version, file, checksum })
    .from(publishedPartitions)
    .where(eq(publishedPartitions.table_name, formatTableName(target)))
}
