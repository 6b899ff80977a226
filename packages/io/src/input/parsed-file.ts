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
  /** `YYYY-MM-DD`, for rules that mention it. */
  readonly partition: PartitionText
  /** The file's path in the landing zone, as people know it. */
  readonly file: string
  /** The path of its unpacked bytes. */
  readonly path: string
  /** Names the file's temporary tables: nothing else on the connection has it. */
  readonly id: string
  readonly quarantine: Quarantine
  /** A folder for temporary files. */
  readonly scratchFolder: () => Promise<string>
  /** `strict` sends every line to the strict parser; tests compare both. */
  readonly parser: "fast" | "strict"
}

/** One file, read: tables whose rows have the source's columns, each with the ordinal of its line. */
export interface ParsedFile {
  readonly file: string
  /** Lines that are not blank (of CSV: records, without the header). */
  readonly lines: number
  readonly tables: readonly ParsedTable[]
  /** The lines with these ordinals, ascending. */
  readonly pickLines: (ordinals: readonly number[]) => AsyncIterable<readonly Line[]>
}

/** A temporary table of good rows, `where` it is not all of them; `ordinal` is the expression for the line's. */
export interface ParsedTable {
  readonly name: string
  readonly ordinal: string
  readonly condition: string | undefined
}

/** Takes the rows with these ordinals out of the table. */
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
