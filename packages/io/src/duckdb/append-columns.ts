import type { DuckDBAppender } from "@duckdb/node-api"
import type { Columns } from "@freshet/core"

import { chunkRows } from "../code/collect-columns.ts"
import type { ColumnValueLists } from "../code/messages.ts"
import type { Connection } from "./session.ts"
import { formatColumnDefinitions } from "./sql-text.ts"

/** Formats the columns of a staging table: decimals are staged as text and converted when they are read. */
export function formatStagingColumns(columns: Columns): string {
  return formatColumnDefinitions(columns).replaceAll(/DECIMAL\(\d+,\d+\)/g, "VARCHAR")
}

/** Appends checked values to a temporary table. */
export async function appendColumns(
  connection: Connection,
  table: string,
  columns: AsyncIterable<ColumnValueLists>,
): Promise<void> {
  const appender = await connection.native.createAppender(table, "main", "temp")
  for await (const values of columns) await appendValues(appender, values)
  appender.closeSync()
}

async function appendValues(appender: DuckDBAppender, columns: ColumnValueLists): Promise<void> {
  const { DuckDBDataChunk, JSToDuckDBValueConverter } = (await import("@duckdb/node-api")).default
  const types = columns.map((_, index) => appender.columnType(index))
  const rows = columns[0]?.length ?? 0
  for (let start = 0; start < rows; start += chunkRows) {
    const slice = columns.map((values) =>
      Array.from({ length: Math.min(chunkRows, rows - start) }, (_, row) => values[start + row]),
    )
    const chunk = DuckDBDataChunk.create(types, slice[0]?.length ?? 0)
    chunk.setColumnsConverted(slice as never, JSToDuckDBValueConverter) // collectColumns has checked every value
    appender.appendDataChunk(chunk)
  }
}
