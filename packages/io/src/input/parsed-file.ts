import type { SourceAsset } from "@freshet/core"
import type { PartitionText } from "@freshet/core/engine"

import type { Connection } from "../duckdb/session.ts"
import type { Line } from "./line-scan.ts"
import type { Quarantine } from "./quarantine.ts"
import { appendTextRows } from "./text-table.ts"

/** The input for reading one file of a source. */
export interface ParseRequest {
  readonly connection: Connection
  readonly source: SourceAsset
  /** `YYYY-MM-DD`, for rules that refer to the day. */
  readonly partition: PartitionText
  /** The file's path in the landing zone, for messages. */
  readonly file: string
  /** The path of its unpacked bytes. */
  readonly path: string
  /** The prefix of the file's temporary tables, unique on the connection. */
  readonly id: string
  readonly quarantine: Quarantine
  /** A folder for temporary files. */
  readonly scratchFolder: () => Promise<string>
  /** `strict` sends every line to the strict parser; tests compare both. */
  readonly parser: "fast" | "strict"
}

/** A parsed file: tables of rows with the source's columns and the ordinal of the line. */
export interface ParsedFile {
  readonly file: string
  /** The number of lines that are not blank (CSV: records without the header). */
  readonly lines: number
  readonly tables: readonly ParsedTable[]
  /** Reads the lines with these ascending ordinals. */
  readonly pickLines: (ordinals: readonly number[]) => AsyncIterable<readonly Line[]>
}

/** A temporary table of valid rows, restricted by `condition`; `ordinal` is the expression of the line's ordinal. */
export interface ParsedTable {
  readonly name: string
  readonly ordinal: string
  readonly condition: string | undefined
}

/** Tests if a column has the name of the engine's row numbers, which the fast paths need as ordinals. */
export function hidesRowNumbers({ columns }: SourceAsset): boolean {
  return Object.keys(columns).some((name) => name.toLowerCase() === "rowid")
}

/** Removes the rows with these ordinals from the table. */
export async function dropRows(
  connection: Connection,
  { name, ordinal }: ParsedTable,
  ordinals: readonly number[],
): Promise<void> {
  if (ordinals.length === 0) return
  if (ordinals.length <= 1000) {
    await connection.run(`DELETE FROM ${name} WHERE ${ordinal} IN (${ordinals.join(", ")})`)
    return
  }
  await connection.run(`CREATE OR REPLACE TEMP TABLE " dropped" (ordinal BIGINT)`)
  await appendTextRows(
    connection,
    " dropped",
    ordinals.map((lineOrdinal) => [lineOrdinal]),
  )
  await connection.run(
    `DELETE FROM ${name} WHERE ${ordinal} IN (SELECT d.ordinal FROM " dropped" AS d)`,
  )
}
