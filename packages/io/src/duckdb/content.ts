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
 * Reads a Parquet file once, for all that can be said of it in one scan. A row is hashed in two lanes of
 * 64 bits, its columns taken forwards and backwards; each lane is summed exactly in 128 bits.
 */
export async function measureContent(
  connection: Connection,
  columns: Columns,
  path: string,
): Promise<Content> {
  const names = Object.keys(columns)
  const forwards = names.map(quoteName).join(", ")
  const backwards = names.toReversed().map(quoteName).join(", ")
  const nulls = names.map((name, at) => `(count(*) - count(${quoteName(name)}))::DOUBLE AS "${at}"`)
  const [found] = await connection.rows(`
    SELECT count(*)::DOUBLE AS rows,
      coalesce(sum(hash(${forwards})), 0)::VARCHAR AS forwards,
      coalesce(sum(hash(${backwards}, 1)), 0)::VARCHAR AS backwards,
      ${nulls.join(", ")}
    FROM read_parquet(${textLiteral(path)})`)
  const types = Object.entries(columns).map(([name, { type }]) => [name, type])
  const rows = numberCell(found, "rows")
  const lanes = [textCell(found, "forwards"), textCell(found, "backwards")]
  const dataVersion = createHash("sha256")
    .update(JSON.stringify([types, rows, lanes]))
    .digest("hex")
  const nullCounts = new Map(names.map((name, at) => [name, numberCell(found, String(at))]))
  return { rows, dataVersion, nulls: nullCounts }
}
