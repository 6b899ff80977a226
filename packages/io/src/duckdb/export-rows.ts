import { createWriteStream } from "node:fs"

import type { Column, Columns } from "@freshet/core"
import { quoteName } from "@freshet/core/engine"

import type { ArrowFormat } from "../arrow/record-batches.ts"
import { readChunks } from "./chunks.ts"
import { toEngineError } from "./engine-error.ts"
import { buildCsvExport, buildJsonExport } from "./export-value.ts"
import type { Connection, Session } from "./session.ts"
import { formatPathList, quoteText } from "./sql-text.ts"

/** An export of stored rows to a local file in another format. */
export interface ExportRequest {
  /** The Parquet files of the rows. */
  readonly paths: readonly string[]
  readonly columns: Columns
  /** `arrow` is the IPC file format, `arrow-stream` the IPC streaming format. */
  readonly format: "arrow" | "arrow-stream" | "csv" | "jsonl" | "parquet"
  readonly output: string
}

/** Writes the rows in stored order. A failure leaves a partial `output`. */
export async function exportRows(session: Session, request: ExportRequest): Promise<void> {
  const { paths, columns, format, output } = request
  const values = Object.entries(columns).map(([name, column]) => {
    const value = quoteName(name)
    return `${exportsByFormat[format](column, value)} AS ${value}`
  })
  const sql = `SELECT ${values.join(", ")} FROM read_parquet(${formatPathList(paths)})`
  await session.withConnection(async (connection) => {
    try {
      await (format === "arrow" || format === "arrow-stream"
        ? writeArrowFile(connection, sql, { columns, format, output })
        : connection.run(`COPY (${sql}) TO ${quoteText(output)} (${copyOptionsByFormat[format]})`))
    } catch (cause) {
      throw toEngineError("the export", cause)
    }
  })
}

const exportsByFormat = {
  arrow: keepValue,
  "arrow-stream": keepValue,
  parquet: keepValue,
  csv: buildCsvExport,
  jsonl: buildJsonExport,
}

function keepValue(_column: Column, value: string): string {
  return value
}

const copyOptionsByFormat = {
  csv: "FORMAT csv, HEADER",
  jsonl: "FORMAT json",
  parquet: "FORMAT parquet, COMPRESSION zstd",
} as const

async function writeArrowFile(
  { native }: Connection,
  sql: string,
  { columns, format, output }: Pick<ExportRequest, "columns" | "output"> & { format: ArrowFormat },
): Promise<void> {
  const { writeArrow } = await import("../arrow/record-batches.ts")
  const chunks = readChunks(await native.stream(sql))
  await writeArrow(columns, chunks, { format, sink: createWriteStream(output) })
}
