import { createWriteStream } from "node:fs"

import type { Column, Columns } from "@freshet/core"
import { quoteName } from "@freshet/core/engine"

import { readChunks } from "./chunks.ts"
import { toEngineError } from "./engine-error.ts"
import { buildCsvExport, buildJsonExport } from "./export-value.ts"
import type { Connection, Session } from "./session.ts"
import { formatPathList, quoteText } from "./sql-text.ts"

/** An export of stored rows to a local file in another format. */
export interface ExportRequest {
  /** The Parquet file of the rows. */
  readonly path: string
  readonly columns: Columns
  /** `arrow` is the IPC file format. */
  readonly format: "arrow" | "csv" | "jsonl"
  readonly output: string
}

/** Writes the rows in stored order. A failure leaves a partial `output`. */
export async function exportRows(session: Session, request: ExportRequest): Promise<void> {
  const { path, columns, format, output } = request
  const values = Object.entries(columns).map(([name, column]) => {
    const value = quoteName(name)
    return `${exportsByFormat[format](column, value)} AS ${value}`
  })
  const sql = `SELECT ${values.join(", ")} FROM read_parquet(${formatPathList([path])})`
  await session.withConnection(async (connection) => {
    try {
      await (format === "arrow"
        ? writeArrowFile(connection, sql, columns, output)
        : connection.run(`COPY (${sql}) TO ${quoteText(output)} (${copyOptionsByFormat[format]})`))
    } catch (cause) {
      throw toEngineError("the export", cause)
    }
  })
}

const exportsByFormat = {
  arrow: (_column: Column, value: string) => value,
  csv: buildCsvExport,
  jsonl: buildJsonExport,
}

const copyOptionsByFormat = { csv: "FORMAT csv, HEADER", jsonl: "FORMAT json" } as const

async function writeArrowFile(
  { native }: Connection,
  sql: string,
  columns: Columns,
  output: string,
): Promise<void> {
  const { writeArrow } = await import("../arrow/record-batches.ts")
  await writeArrow(columns, readChunks(await native.stream(sql)), createWriteStream(output))
}
