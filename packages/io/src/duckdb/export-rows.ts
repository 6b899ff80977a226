import { createWriteStream } from "node:fs"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"

import type { Columns } from "@freshet/core"

import { engineFailure } from "./failure.ts"
import { columnList, pathList, textLiteral } from "./literal.ts"
import type { Connection, Session } from "./session.ts"

/** Stored rows that are to be written in another format, to a local file. */
export interface ExportRequest {
  /** The Parquet file of the rows. */
  readonly path: string
  readonly columns: Columns
  /** Arrow means its IPC file format, JSON lines one object a line. */
  readonly format: "arrow" | "csv" | "jsonl"
  readonly output: string
}

/** Writes the rows in the order in which they are stored. A failure leaves what was written of `output`. */
export async function exportRows(session: Session, request: ExportRequest): Promise<void> {
  const { path, columns, format, output } = request
  const sql = `SELECT ${columnList(columns)} FROM read_parquet(${pathList([path])})`
  await session.withConnection(async (connection) => {
    try {
      await (format === "arrow"
        ? writeArrow(connection, sql, columns, output)
        : connection.run(`COPY (${sql}) TO ${textLiteral(output)} (${copyOptions[format]})`))
    } catch (cause) {
      throw engineFailure("the export", cause)
    }
  })
}

const copyOptions = { csv: "FORMAT csv, HEADER", jsonl: "FORMAT json" } as const

async function writeArrow(
  { native }: Connection,
  sql: string,
  columns: Columns,
  output: string,
): Promise<void> {
  const { RecordBatchFileWriter } = await import("apache-arrow")
  const { arrowSchema, recordBatch } = await import("./arrow-columns.ts")
  const schema = arrowSchema(columns)
  const writer = new RecordBatchFileWriter()
  writer.reset(undefined, schema)
  const written = pipeline(Readable.from(writer), createWriteStream(output))
  written.catch(() => {}) // met below, once the rows have been read
  const result = await native.stream(sql)
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) break
    writer.write(recordBatch(schema, columns, chunk.getColumns()))
  }
  writer.finish()
  await written
}
