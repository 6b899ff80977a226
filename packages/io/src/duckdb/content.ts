import { createHash } from "node:crypto"

import type { Columns } from "@freshet/core"
import { quoteName } from "@freshet/core/engine"

import { getListCell, getNumberCell } from "./cell.ts"
import type { Connection, JsonRow } from "./session.ts"
import { quoteText } from "./sql-text.ts"

/** The result of one scan over a file of rows. */
export interface Content {
  readonly rows: number
  /** Hash of the multiset of rows with their columns, independent of order and encoding. */
  readonly dataVersion: string
  /** Column → number of nulls. */
  readonly nulls: ReadonlyMap<string, number>
}

/** A file of rows with the columns of its asset. */
export interface RowsFile {
  readonly columns: Columns
  readonly path: string
}

/**
 * Measures Parquet files in one scan. A row is hashed to 64 bits, and the hashes
 * are combined by exclusive or and by exact sums of their halves, so that the order of rows does not count and
 * their number does. One statement reads all files: planning takes longer than scanning a small file.
 */
export async function measureContents<F extends RowsFile>(
  connection: Connection,
  files: readonly F[],
): Promise<readonly (F & { readonly content: Content })[]> {
  const scans = files.map(({ columns, path }, at) => buildContentScan(columns, path, at))
  const rows = await connection.rows(`${scans.join("\nUNION ALL\n")}\nORDER BY place`)
  return files.map((file, at) => ({ ...file, content: toContent(file.columns, rows[at]) }))
}

function buildContentScan(columns: Columns, path: string, at: number): string {
  const names = Object.keys(columns).map(quoteName)
  const present = names.map((name) => `count(${name})`).join(", ")
  // the engine adds 32-bit integers far faster than 64-bit ones
  return `
    SELECT ${at} AS place, count(*)::DOUBLE AS rows,
      [bit_xor(" hash")::VARCHAR, sum((" hash" >> 33)::INTEGER)::VARCHAR,
        sum((" hash" & 2147483647)::INTEGER)::VARCHAR] AS folds,
      [${present}]::DOUBLE[] AS present
    FROM (SELECT *, hash(${names.join(", ")}) AS " hash" FROM read_parquet(${quoteText(path)}))`
}

function toContent(columns: Columns, row: JsonRow | undefined): Content {
  const types = Object.entries(columns).map(([name, { type }]) => [name, type])
  const rows = getNumberCell(row, "rows")
  const dataVersion = createHash("sha256")
    .update(JSON.stringify([types, rows, getListCell(row, "folds")]))
    .digest("hex")
    .slice(0, 32)
  const presentCounts = getListCell(row, "present")
  const nulls = Object.keys(columns).map(
    (name, at) => [name, rows - Number(presentCounts[at])] as const,
  )
  return { rows, dataVersion, nulls: new Map(nulls) }
}
