import type { QueryRows } from "@freshet/io"

import type { QueryResultDocument, RowDocument } from "../documents/rows.ts"

/** The first rows of a result. */
export type FirstRows = Pick<QueryResultDocument, "columns" | "rows" | "more">

/** Reads the first rows of a result; an infinite limit reads all. */
export async function readFirstRows(
  { columns, batches }: QueryRows,
  limit: number,
): Promise<FirstRows> {
  const rows: RowDocument[] = []
  for await (const batch of batches) {
    rows.push(...batch.map((row) => toRowDocument(columns, row)))
    if (rows.length > limit) return { columns, rows: rows.slice(0, limit), more: true }
  }
  return { columns, rows, more: false }
}

const integerTypes = /^(BIGINT|HUGEINT|UBIGINT|UHUGEINT)$/

/** Converts whole numbers to numbers where they are safe; decimals and larger numbers stay text. */
export function toRowDocument(columns: QueryRows["columns"], row: RowDocument): RowDocument {
  return Object.fromEntries(
    columns.map(({ name, type }) => [
      name,
      integerTypes.test(type) ? toSafeNumber(row[name]) : row[name],
    ]),
  )
}

function toSafeNumber(value: unknown): unknown {
  const number = typeof value === "string" ? Number(value) : Number.NaN
  return Number.isSafeInteger(number) ? number : value
}
