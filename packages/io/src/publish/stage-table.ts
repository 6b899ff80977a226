import type { DuckDBDataChunk } from "@duckdb/node-api"
import { FreshetError, type PublicationTable } from "@freshet/core/engine"
import type { Client } from "pg"

import type { EngineDifference, WriteRequest } from "./prepare-table.ts"
import { prepareTable } from "./prepare-table.ts"
import { toPublishError } from "./publish-error.ts"
import type { RowComparer } from "./row-comparer.ts"
import type { ReadRows, RowColumn } from "./row-reader.ts"
import { findScope, type ScopedTable } from "./table-scope.ts"
import { formatTableName, type TargetTable } from "./target-table.ts"
import type { PreparedTable } from "./write-table.ts"

/** The reader of stored rows. With a comparer, rows that stay the same are not sent to the server. */
export interface StoredRows {
  readonly readRows: ReadRows
  readonly comparer?: RowComparer
}

/** A table of the set with its target. */
interface RequestedTable {
  readonly table: PublicationTable
  readonly target: TargetTable
}

/** A table that is ready to be written, and the number of rows of each of its partitions. */
export interface StagedTable
  extends RequestedTable, Pick<ScopedTable, "scope" | "recorded" | "written"> {
  readonly prepared: PreparedTable
  readonly rows: ReadonlyMap<string, number>
}

/** Stages the difference between a table and its new rows. Errors name the table. */
export async function stageTable(
  client: Client,
  storedRows: StoredRows,
  request: StageRequest,
): Promise<StagedTable> {
  try {
    return await stageDifference(client, storedRows, request)
  } catch (cause) {
    throw toPublishError(formatTableName(request.target), cause)
  }
}

type StageRequest = RequestedTable & Pick<WriteRequest, "suffix" | "purpose">

async function stageDifference(
  client: Client,
  { readRows, comparer }: StoredRows,
  { table, target, ...options }: StageRequest,
): Promise<StagedTable> {
  const scoped = await findScope(client, target, table)
  const { scope, recorded, written } = scoped
  const rows = new Map(
    scope.kind === "whole" ? [] : [...recorded].map(([key, partition]) => [key, partition.rows]),
  )
  const partitions = table.partitions.filter(
    ({ key }) =>
      scope.kind === "whole" || (scope.kind === "partitions" && scope.changedKeys.has(key)),
  )
  const changed = { ...table, partitions }
  const readChunks = () => readPartitions(readRows, changed, target, rows)
  const engineDifference =
    comparer && compareFiles(comparer, { table: changed, target, scoped, rows })
  const request = { scope, readChunks, engineDifference, ...options }
  const prepared = await prepareTable(client, target, request)
  return { table, target, scope, recorded, written, prepared, rows }
}

interface FileComparison extends RequestedTable {
  readonly scoped: ScopedTable
  /** The rows of each partition, which are counted. */
  readonly rows: Map<string, number>
}

/** Compares the files of the table's rows with the new files, if the table has exactly the rows of these files. */
function compareFiles(
  comparer: RowComparer,
  { table: { partitions }, target, scoped, rows }: FileComparison,
): EngineDifference | undefined {
  const replaced = [...(scoped.replacedPartitions ?? [])]
  if (replaced.length === 0 || partitions.length === 0) return undefined
  const oldFiles = replaced.map(([key, { file }]) => ({
    file,
    columns: listRowColumns(target, key),
  }))
  const newFiles = partitions.map(({ key, file }) => ({
    file,
    columns: listRowColumns(target, key),
  }))
  return {
    currentRows: replaced.reduce((sum, [, partition]) => sum + partition.rows, 0),
    countRows: async () => {
      for (const [, { file, checksum }] of replaced)
        if ((await comparer.computeChecksum(file)) !== checksum)
          throw new FreshetError("publish", `The file ${file} has changed.`)
      for (const { key, file } of partitions) rows.set(key, await comparer.countRows(file))
      return partitions.reduce((sum, { key }) => sum + (rows.get(key) ?? 0), 0)
    },
    readChunks: () => comparer.readDifference({ oldFiles, newFiles, key: target.key }),
  }
}

/** Reads the rows of all partitions of a table, and counts them by partition. */
async function* readPartitions(
  readRows: ReadRows,
  { partitions }: PublicationTable,
  target: TargetTable,
  rows: Map<string, number>,
): AsyncIterable<DuckDBDataChunk> {
  for (const { key, file } of partitions) {
    rows.set(key, 0)
    for await (const chunk of readRows(file, listRowColumns(target, key), target.key)) {
      rows.set(key, (rows.get(key) ?? 0) + chunk.rowCount)
      yield chunk
    }
  }
}

/** Lists the columns of a table over the stored rows of a partition. */
function listRowColumns(
  { columns, partitionColumn }: TargetTable,
  key: string,
): readonly RowColumn[] {
  return columns.map(({ name, expression }) =>
    name === partitionColumn?.name
      ? { name, expression: partitionColumn.buildExpression(key) }
      : { name, expression },
  )
}
