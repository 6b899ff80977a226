import type { DuckDBDataChunk } from "@duckdb/node-api"
import type { PublicationTable } from "@freshet/core/engine"
import type { Client } from "pg"

import { toPublishError } from "./publish-error.ts"
import type { ReadRows } from "./row-reader.ts"
import { findScope } from "./table-scope.ts"
import { formatTableName, type TargetTable } from "./target-table.ts"
import { type PreparedTable, prepareTable, type WriteRequest } from "./write-table.ts"

/** A table of the set with its target. */
interface RequestedTable {
  readonly table: PublicationTable
  readonly target: TargetTable
}

/** A table that is ready to be written, and the number of rows of each of its partitions. */
export interface StagedTable extends RequestedTable {
  readonly prepared: PreparedTable
  readonly rows: ReadonlyMap<string, number>
}

/** Stages the difference between a table and its new rows. */
export async function stageTable(
  client: Client,
  rowsOf: ReadRows,
  { table, target, ...options }: RequestedTable & Pick<WriteRequest, "suffix" | "purpose">,
): Promise<StagedTable> {
  const { scope, recordedRows } = await findScope(client, target, table)
  const rows = new Map(scope.kind === "whole" ? [] : recordedRows)
  const partitions = table.partitions.filter(
    ({ key }) =>
      scope.kind === "whole" || (scope.kind === "partitions" && scope.changedKeys.has(key)),
  )
  const readChunks = () => readPartitions(rowsOf, { ...table, partitions }, target, rows)
  try {
    const prepared = await prepareTable(client, target, { scope, readChunks, ...options })
    return { table, target, prepared, rows }
  } catch (cause) {
    throw toPublishError(formatTableName(target), cause)
  }
}

/** Reads the rows of all partitions of a table, and counts them by partition. */
async function* readPartitions(
  rowsOf: ReadRows,
  { partitions }: PublicationTable,
  { columns, key: order, partitionColumn }: TargetTable,
  rows: Map<string, number>,
): AsyncIterable<DuckDBDataChunk> {
  for (const { key, file } of partitions) {
    const rowColumns = columns.map(({ name, expression }) =>
      name === partitionColumn?.name
        ? { name, expression: partitionColumn.buildExpression(key) }
        : { name, expression },
    )
    rows.set(key, 0)
    for await (const chunk of rowsOf(file, rowColumns, order)) {
      rows.set(key, (rows.get(key) ?? 0) + chunk.rowCount)
      yield chunk
    }
  }
}
