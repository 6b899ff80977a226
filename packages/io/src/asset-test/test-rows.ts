import type { AnyAsset, Batch, Column, Columns, RowOf, Rows } from "@freshet/core"
import { formatSuggestion, FreshetError } from "@freshet/core/engine"

/** A row of a test; columns that it leaves out are null. */
export type TestRow = Readonly<Record<string, unknown>>

/** Gives rows of an asset their types; columns that a test does not need may be left out. */
export function rowsOf<A extends AnyAsset>(
  _asset: A,
  rows: readonly Partial<RowOf<A["columns"]>>[],
): readonly TestRow[] {
  return rows
}

/** Completes rows with nulls and converts handy values: numbers for whole numbers and decimals, texts for days and instants. */
export function completeRows(
  name: string,
  columns: Columns,
  rows: readonly TestRow[],
): readonly TestRow[] {
  const names = Object.keys(columns)
  return rows.map((row) => {
    const unknownName = Object.keys(row).find((key) => !names.includes(key))
    if (unknownName !== undefined)
      throw new FreshetError("usage", `${name} has no column ${unknownName}.`, {
        hint: formatSuggestion(unknownName, names),
      })
    return Object.fromEntries(
      Object.entries(columns).map(([key, column]) => [key, convertValue(column, row[key] ?? null)]),
    )
  })
}

function convertValue(column: Column, value: unknown): unknown {
  if (column.kind === "int64" && Number.isSafeInteger(value)) return BigInt(Number(value))
  if (column.kind === "decimal" && typeof value === "number") return String(value)
  const isTime = column.kind === "date" || column.kind === "timestamp"
  return isTime && typeof value === "string" ? new Date(value) : value
}

/** Presents rows to the code of an asset, one by one or as one batch. */
export function toRows(columns: Columns, rows: readonly TestRow[]): Rows {
  const batch: Batch = {
    rows: rows.length,
    columns: Object.fromEntries(
      Object.keys(columns).map((name) => {
        const values = rows.map((row) => row[name])
        const get = (index: number) => values[index]
        return [name, { length: values.length, get, [Symbol.iterator]: () => values.values() }]
      }),
    ),
  }
  return {
    async *batches() {
      yield batch
    },
    async *[Symbol.asyncIterator]() {
      yield* rows
    },
  }
}
