import type { QueryResultDocument, RowDocument } from "@freshet/services"

import type { TerminalStyle } from "../terminal/terminal-style.ts"
import { type Cell, type TableColumn, formatTable } from "./table.ts"

const numericTypes = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U\w*INT\w*|FLOAT|DOUBLE|DECIMAL)/

type Result = Pick<QueryResultDocument, "columns" | "rows">

/** Formats rows as a table; a terminal's width cuts long values. */
export function formatRows({ columns, rows }: Result, style: TerminalStyle): readonly string[] {
  if (rows.length === 0) return [columns.map(({ name }) => name).join("  ")]
  const layout = columns.map(({ name, type }): TableColumn =>
    numericTypes.test(type) ? { header: name, align: "right" } : { header: name, shrinks: true },
  )
  return formatTable(layout, toCells(columns, rows), style)
}

function toCells(columns: Result["columns"], rows: readonly RowDocument[]) {
  return rows.map((row) => columns.map(({ name }) => toCell(row[name])))
}

function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return { text: "null", tone: "faint" }
  return formatValue(value).replaceAll(/[\n\r\t]/g, " ")
}

function formatValue(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value)
}

/** Formats rows as CSV with a header, quoted as in RFC 4180; null is empty. */
export function formatCsv({ columns, rows }: Result): readonly string[] {
  const names = columns.map(({ name }) => name)
  const records = rows.map((row) => names.map((name) => row[name]))
  return [names, ...records].map((values) => values.map(formatCsvValue).join(","))
}

function formatCsvValue(value: unknown): string {
  if (value === null || value === undefined) return ""
  const text = formatValue(value)
  return text === "" || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
