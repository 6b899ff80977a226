import type { Look } from "./look.ts"
import { type Cell, type TableColumn, table } from "./table.ts"

/** A column of a query's result: its name and its type as the engine writes it. */
export interface ResultColumn {
  readonly name: string
  readonly type: string
}

/** One row by column name, its values fit for JSON. */
export type ResultRow = Readonly<Record<string, unknown>>

const numeric = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U\w*INT\w*|FLOAT|DOUBLE|DECIMAL)/

/** Rows as a table; long values are cut on a terminal only. */
export function rowLines(
  columns: readonly ResultColumn[],
  rows: readonly ResultRow[],
  look: Look,
): readonly string[] {
  if (rows.length === 0) return [columns.map(({ name }) => name).join("  ")]
  const layout = columns.map(({ name, type }): TableColumn => {
    return numeric.test(type) ? { header: name, align: "right" } : { header: name, shrinks: true }
  })
  return table(
    layout,
    rows.map((row) => columns.map(({ name }) => cell(row[name]))),
    look,
  )
}

function cell(value: unknown): Cell {
  if (value === null || value === undefined) return { text: "null", tone: "faint" }
  return cellText(value).replaceAll(/[\n\r\t]/g, " ")
}

function cellText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value)
}

const wholeNumber = /^(BIGINT|HUGEINT|UBIGINT|UHUGEINT)$/

/** A row for JSON: whole numbers as numbers where they are safe, decimals and larger ones as text. */
export function jsonRow(columns: readonly ResultColumn[], row: ResultRow): ResultRow {
  return Object.fromEntries(
    columns.map(({ name, type }) => [
      name,
      wholeNumber.test(type) ? asNumber(row[name]) : row[name],
    ]),
  )
}

function asNumber(value: unknown): unknown {
  const number = typeof value === "string" ? Number(value) : Number.NaN
  return Number.isSafeInteger(number) ? number : value
}

/** One record of a CSV file, quoted as in RFC 4180; null is empty. */
export function csvLine(values: readonly unknown[]): string {
  return values.map(csvValue).join(",")
}

function csvValue(value: unknown): string {
  if (value === null || value === undefined) return ""
  const text = cellText(value)
  return text === "" || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
