import { createHash } from "node:crypto"

import { type Columns, quoteName } from "@freshet/core"

import { numberCell, textCell } from "./cell.ts"
import { textLiteral } from "./literal.ts"
import type { Connection } from "./session.ts"

/** What one scan of a file of rows finds. */
export interface Content {
  readonly rows: number
  /** Hash of the multiset of rows with their columns: neither order nor encoding counts. */
  readonly dataVersion: string
  /** Column → how many of its values are null. */
  readonly nulls: ReadonlyMap<string, number>
}

/**
 * Reads a Parquet file once, for all that can be said of it in one scan. A row is hashed to 64 bits, and the hashes
 * are added up exactly and by exclusive or, so that their order does not count and how often a row is there does.
 */
export async function measureContent(
  connection: Connection,
  columns: Columns,
  path: string,
): Promise<Content> {
  const names = Object.keys(columns)
  const list = names.map(quoteName).join(", ")
  const nulls = names.map((name, at) => `(count(*) - count(${quoteName(name)}))::DOUBLE AS "${at}"`)
  const [found] = await connection.rows(`
    SELECT count(*)::DOUBLE AS rows,
      coalesce(sum(" hash"), 0)::VARCHAR AS added,
      coalesce(bit_xor(" hash"), 0)::VARCHAR AS folded,
      ${nulls.join(", ")}
    FROM (SELECT *, hash(${list}) AS " hash" FROM read_parquet(${textLiteral(path)}))`)
  const types = Object.entries(columns).map(([name, { type }]) => [name, type])
  const rows = numberCell(found, "rows")
  const folds = [textCell(found, "added"), textCell(found, "folded")]
  const dataVersion = createHash("sha256")
    .update(JSON.stringify([types, rows, folds]))
    .digest("hex")
    .slice(0, 32)
  const nullCounts = new Map(names.map((name, at) => [name, numberCell(found, String(at))]))
  return { rows, dataVersion, nulls: nullCounts }
}
