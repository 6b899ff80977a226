import { createWriteStream } from "node:fs"

import type { Columns } from "@freshet/core"

import { chunksOf } from "./chunks.ts"
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
        ? writeArrowFile(connection, sql, columns, output)
        : connection.run(`COPY (${sql}) TO ${textLiteral(output)} (${copyOptions[format]})`))
    } catch (cause) {
      throw engineFailure("the export", cause)
    }
  })
}

const copyOptions = { csv: "FORMAT csv, HEADER", jsonl: "FORMAT json" } as const

async function writeArrowFile(
  { native }: Connection,
  sql: string,
  columns: Columns,
  output: string,
): Promise<void> {
  const { writeArrow } = await import("../arrow/record-batches.ts")
  await writeArrow(columns, chunksOf(await native.stream(sql)), createWriteStream(output))
}
