import type { ResultRow } from "@freshet/services"

import type { TerminalStyle } from "../terminal/terminal-style.ts"
import { type Cell, type TableColumn, formatTable } from "./table.ts"

/** A column of a query's result: its name and its type as the engine writes it. */
export interface ResultColumn {
  readonly name: string
  readonly type: string
}

const numericTypes = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U\w*INT\w*|FLOAT|DOUBLE|DECIMAL)/

/** Rows as a table; long values are cut on a terminal only. */
export function formatRows(
  columns: readonly ResultColumn[],
  rows: readonly ResultRow[],
  style: TerminalStyle,
): readonly string[] {
  if (rows.length === 0) return [columns.map(({ name }) => name).join("  ")]
  const layout = columns.map(({ name, type }): TableColumn => {
    return numericTypes.test(type)
      ? { header: name, align: "right" }
      : { header: name, shrinks: true }
  })
  return formatTable(
    layout,
    rows.map((row) => columns.map(({ name }) => toCell(row[name]))),
    style,
  )
}

function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return { text: "null", tone: "faint" }
  return formatValue(value).replaceAll(/[\n\r\t]/g, " ")
}

function formatValue(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value)
}

const integerTypes = /^(BIGINT|HUGEINT|UBIGINT|UHUGEINT)$/

/** A row for JSON: whole numbers as numbers where they are safe, decimals and larger ones as text. */
export function toJsonRow(columns: readonly ResultColumn[], row: ResultRow): ResultRow {
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

/** One record of a CSV file, quoted as in RFC 4180; null is empty. */
export function formatCsvRecord(values: readonly unknown[]): string {
  return values.map(formatCsvValue).join(",")
}

function formatCsvValue(value: unknown): string {
  if (value === null || value === undefined) return ""
  const text = formatValue(value)
  return text === "" || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
