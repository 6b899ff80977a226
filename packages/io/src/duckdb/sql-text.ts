import type { Columns } from "@freshet/core"
import { quoteName } from "@freshet/core/engine"

/** Formats text as an SQL literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** Formats paths as the list argument of `read_parquet`. */
export function formatPathList(paths: readonly string[]): string {
  return `[${paths.map(quoteText).join(", ")}]`
}

/** Formats columns as in a table declaration. */
export function formatColumnDefinitions(columns: Columns): string {
  return Object.entries(columns)
    .map(([name, column]) => `${quoteName(name)} ${column.type}`)
    .join(", ")
}

/** Formats column names, quoted and separated by commas. */
export function formatColumnList(columns: Columns): string {
  return Object.keys(columns).map(quoteName).join(", ")
}

/** Builds a query with these columns and no rows. */
export function buildEmptyQuery(columns: Columns): string {
  const nulls = Object.entries(columns).map(
    ([name, column]) => `CAST(NULL AS ${column.type}) AS ${quoteName(name)}`,
  )
  return `SELECT ${nulls.join(", ")} WHERE false`
}
