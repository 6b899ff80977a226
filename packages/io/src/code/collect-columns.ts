import type { Asset, ColumnBatch } from "@freshet/core"
import { FreshetError } from "@freshet/core/engine"

import type { ColumnValueLists } from "./messages.ts"
import { isValidValue } from "./valid-value.ts"

/** The maximum number of rows in a chunk of the engine. */
export const chunkRows = 2048

/** Rows and batches that code returns. */
export type OutputRows = AsyncIterable<Readonly<Record<string, unknown>> | ColumnBatch>

/** Collects the rows of code into lists of values by column. Throws when a column cannot hold a value. */
export async function* collectColumns(
  asset: Pick<Asset, "name" | "columns">,
  outputRows: OutputRows,
): AsyncGenerator<ColumnValueLists> {
  const names = Object.keys(asset.columns)
  let pendingRows: Readonly<Record<string, unknown>>[] = []
  const takeRows = (): ColumnValueLists => {
    const columns = names.map((name) => pendingRows.map((row) => row[name]))
    pendingRows = []
    return requireValid(asset, columns)
  }
  for await (const item of outputRows)
    if (isBatch(item)) {
      if (pendingRows.length > 0) yield takeRows()
      yield requireValid(asset, listBatchColumns(asset, item))
    } else {
      pendingRows.push(item)
      if (pendingRows.length === chunkRows) yield takeRows()
    }
  if (pendingRows.length > 0) yield takeRows()
}

function isBatch(item: Readonly<Record<string, unknown>> | ColumnBatch): item is ColumnBatch {
  return item["kind"] === "batch" && typeof item["columns"] === "object"
}

function listBatchColumns(
  asset: Pick<Asset, "name" | "columns">,
  batch: ColumnBatch,
): ColumnValueLists {
  const valuesByColumn = new Map<string, ArrayLike<unknown>>(Object.entries(batch.columns))
  const columns = Object.keys(asset.columns).map((name) =>
    toValueList(valuesByColumn.get(name) ?? []),
  )
  const lengths = new Set(columns.map((values) => values.length))
  if (lengths.size > 1)
    throw new FreshetError(
      "engine",
      `the code of \`${asset.name}\` gave a batch whose columns have ${[...lengths].join(" and ")} values`,
    )
  return columns
}

/** Copies values of other kinds than an array, which another process could not receive. */
function toValueList(values: ArrayLike<unknown>): ArrayLike<unknown> {
  return ArrayBuffer.isView(values) ? values : Array.from(values)
}

function requireValid(
  asset: Pick<Asset, "name" | "columns">,
  columns: ColumnValueLists,
): ColumnValueLists {
  for (const [place, [name, column]] of Object.entries(asset.columns).entries()) {
    const values = columns[place] ?? []
    for (let row = 0; row < values.length; row += 1)
      if (values[row] === undefined || !isValidValue(column, values[row]))
        throw createInvalidValueError(asset, name, values[row])
  }
  return columns
}

function createInvalidValueError(
  asset: Pick<Asset, "name" | "columns">,
  name: string,
  value: unknown,
): FreshetError {
  const type = asset.columns[name]?.type
  const fault = value === undefined ? "gave a row without it" : `gave ${formatValue(value)}`
  return new FreshetError(
    "engine",
    `\`${asset.name}.${name}\` is declared ${type}, but the code ${fault}`,
  )
}

function formatValue(value: unknown): string {
  return `${typeof value} ${String(value).slice(0, 80)}`
}
