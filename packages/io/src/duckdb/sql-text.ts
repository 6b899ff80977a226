import type { Columns } from "@freshet/core"
import { quoteName } from "@freshet/core/engine"

/** Text as an SQL literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** Paths as the list that `read_parquet` takes. */
export function formatPathList(paths: readonly string[]): string {
  return `[${paths.map(quoteText).join(", ")}]`
}

/** The columns as a table declares them. */
export function formatColumnDefinitions(columns: Columns): string {
  return Object.entries(columns)
    .map(([name, column]) => `${quoteName(name)} ${column.type}`)
    .join(", ")
}

/** The columns' names, quoted and separated by commas. */
export function formatColumnList(columns: Columns): string {
  return Object.keys(columns).map(quoteName).join(", ")
}

/** A query with the columns and no rows. */
export function buildEmptyQuery(columns: Columns): string {
  const nulls = Object.entries(columns).map(
    ([name, column]) => `CAST(NULL AS ${column.type}) AS ${quoteName(name)}`,
  )
  return `SELECT ${nulls.join(", ")} WHERE false`
}
