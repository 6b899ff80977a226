import type { Asset } from "@freshet/core"
import { FreshetError, quoteName } from "@freshet/core/engine"

import { getTextCell } from "./cell.ts"
import { toEngineError } from "./engine-error.ts"
import type { Connection } from "./session.ts"
import { quoteText } from "./sql-text.ts"

/** Writes the rows of a query to the asset's file, with the declared columns in their order and types. */
export async function writeOutput(
  connection: Connection,
  asset: Asset,
  query: string,
  path: string,
): Promise<void> {
  const columns = Object.entries(asset.columns).map(
    ([name, { type }]) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`,
  )
  const rows = `SELECT ${columns.join(", ")} FROM (${query})`
  const format = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
  try {
    await connection.run(`COPY (${rows}) TO ${quoteText(path)} (${format})`)
  } catch (cause) {
    throw (
      (await findInvalidValueError(connection, asset, query, cause)) ??
      toEngineError(`\`${asset.name}\``, cause)
    )
  }
}

/** Builds the error that names the column whose values do not fit; undefined for other failures. */
async function findInvalidValueError(
  connection: Connection,
  asset: Asset,
  query: string,
  cause: unknown,
): Promise<FreshetError | undefined> {
  const isAboutValue =
    cause instanceof Error && /^(Conversion|Out of Range|Invalid Input) Error/i.test(cause.message)
  if (!isAboutValue) return undefined
  for (const [column, { type }] of Object.entries(asset.columns)) {
    const name = quoteName(column)
    const [row] = await connection
      .rows(
        `SELECT ${name}::VARCHAR AS value FROM (${query}) WHERE ${name} IS NOT NULL AND TRY_CAST(${name} AS ${type}) IS NULL LIMIT 1`,
      )
      .catch(() => [])
    if (row !== undefined)
      return new FreshetError(
        "engine",
        `\`${asset.name}.${column}\` is declared ${type}, which cannot hold ${getTextCell(row, "value").slice(0, 80)}`,
        { cause },
      )
  }
  return undefined
}
