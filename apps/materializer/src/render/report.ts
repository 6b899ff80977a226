import type { ColumnDocument, ReportDocument, RowDocument } from "@freshet/services"

import type { TerminalStyle } from "../terminal/terminal-style.ts"
import { paint } from "../terminal/terminal-style.ts"
import { type Cell, formatTable } from "./table.ts"

/** Formats a report: title, period, definition, and the figures under their units. */
export function formatReport(
  report: ReportDocument,
  rows: readonly RowDocument[],
  style: TerminalStyle,
): readonly string[] {
  return [
    paint(style, "strong", report.title),
    ...formatPeriod(report),
    "",
    ...wrapText(report.description, Math.min(style.columns ?? 100, 100)),
    "",
    ...formatFigures(report, rows, style),
  ]
}

/** Formats the period of a report; nothing for a report without one. */
export function formatPeriod({ period }: ReportDocument): readonly string[] {
  return period === null ? [] : [`${period.from} to ${period.to}`]
}

/** Formats the rows as a table with a line of units. */
export function formatFigures(
  { columns }: ReportDocument,
  rows: readonly RowDocument[],
  style: TerminalStyle,
): readonly string[] {
  const layout = columns.map((column) =>
    isNumberColumn(column)
      ? { header: column.name, align: "right" as const }
      : { header: column.name, shrinks: true },
  )
  const units = columns.map(({ unit }): Cell => ({ text: unit ?? "", tone: "faint" }))
  const figures = rows.map((row) => columns.map((column) => toFigureCell(column, row[column.name])))
  return formatTable(layout, [units, ...figures], style)
}

const numberTypes = /^(SMALLINT|INTEGER|BIGINT|DOUBLE|DECIMAL)/

function isNumberColumn({ type }: ColumnDocument): boolean {
  return numberTypes.test(type)
}

/** Formats amounts, which have a unit, with separators; ids and years have none. */
function toFigureCell(column: ColumnDocument, value: unknown): Cell {
  if (value === null || value === undefined) return { text: "–", tone: "faint" }
  const text = typeof value === "string" ? value : JSON.stringify(value)
  if (column.unit === null || !isNumberColumn(column)) return text.replaceAll(/[\n\r\t]/g, " ")
  return text.replace(/^-?\d+/, (digits) => digits.replaceAll(/\B(?=(\d{3})+$)/g, ","))
}

function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(" ")) {
    const line = `${lines.at(-1) ?? ""} ${word}`
    if (lines.length > 0 && line.length <= width) lines[lines.length - 1] = line
    else lines.push(word)
  }
  return lines
}
