import { Readable, type Writable } from "node:stream"
import { pipeline } from "node:stream/promises"

import type { DuckDBDataChunk } from "@duckdb/node-api"
import type { Columns } from "@freshet/core"
import * as arrow from "apache-arrow"

import { createArrowColumn } from "./arrow-column.ts"
import { toArrowSchema } from "./arrow-type.ts"

const batchRows = 65_536

/** Combines the engine's chunks of about 2,000 rows into record batches of up to 65,536 rows, one batch in memory at a time. */
export async function* toRecordBatches(
  columns: Columns,
  chunks: AsyncIterable<DuckDBDataChunk>,
): AsyncIterable<arrow.RecordBatch> {
  const schema = toArrowSchema(columns)
  let pendingChunks: DuckDBDataChunk[] = []
  let rows = 0
  for await (const chunk of chunks) {
    if (rows + chunk.rowCount > batchRows) {
      yield buildRecordBatch(columns, schema, pendingChunks)
      pendingChunks = []
      rows = 0
    }
    pendingChunks.push(chunk)
    rows += chunk.rowCount
  }
  if (rows > 0) yield buildRecordBatch(columns, schema, pendingChunks)
}

function buildRecordBatch(
  columns: Columns,
  schema: arrow.Schema,
  chunks: readonly DuckDBDataChunk[],
): arrow.RecordBatch {
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0)
  const children = Object.values(columns).map((column, index) => {
    const arrowColumn = createArrowColumn(column, rows)
    for (const chunk of chunks) arrowColumn.append(chunk.getColumnVector(index), chunk.rowCount)
    return arrowColumn.finish()
  })
  const data = arrow.makeData({ type: new arrow.Struct(schema.fields), length: rows, children })
  return new arrow.RecordBatch(schema, data)
}

/** The IPC file format, or the IPC streaming format. */
export type ArrowFormat = "arrow" | "arrow-stream"

/** Writes rows in a format of Arrow, with backpressure from the sink. */
export async function writeArrow(
  columns: Columns,
  chunks: AsyncIterable<DuckDBDataChunk>,
  { format, sink }: { readonly format: ArrowFormat; readonly sink: Writable },
): Promise<void> {
  // Only the whole package adds Node's streams to its writers.
  const { RecordBatchFileWriter, RecordBatchStreamWriter } = await import("apache-arrow")
  const batches = Readable.from(toRecordBatches(columns, chunks))
  const writer = format === "arrow" ? RecordBatchFileWriter : RecordBatchStreamWriter
  await pipeline(batches, writer.throughNode(), sink)
}
