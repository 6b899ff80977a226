import type { Columns } from "@freshet/core"
import type { ReportRows } from "@freshet/services"

import type { TerminalStyle } from "../terminal/terminal-style.ts"
import { paint } from "../terminal/terminal-style.ts"
import { type Cell, formatTable } from "./table.ts"

/** An answer as a report: title, period, definition, and the figures under their units. */
export function formatReport(reportRows: ReportRows, style: TerminalStyle): readonly string[] {
  const { report, description } = reportRows.asset
  return [
    paint(style, "strong", report?.title ?? ""),
    ...formatPeriod(reportRows),
    "",
    ...wrapText(description, Math.min(style.columns ?? 100, 100)),
    "",
    ...formatFigures(reportRows, style),
  ]
}

/** From when to when; nothing where the report has no period or no rows. */
export function formatPeriod({ period }: Pick<ReportRows, "period">): readonly string[] {
  return period === undefined ? [] : [`${period[0]} to ${period[1]}`]
}

/** The rows as a table with a line of units, without the columns that say the period. */
export function formatFigures(
  { asset, rows }: ReportRows,
  style: TerminalStyle,
): readonly string[] {
  const visibleColumns = Object.entries(asset.columns).filter(
    ([name]) => asset.report?.period?.includes(name) !== true,
  )
  const layout = visibleColumns.map(([name, column]) =>
    isNumberColumn(column)
      ? { header: name, align: "right" as const }
      : { header: name, shrinks: true },
  )
  const units = visibleColumns.map(([, { unit = "" }]): Cell => ({ text: unit, tone: "faint" }))
  const figures = rows.map((row) =>
    visibleColumns.map(([name, column]) => toFigureCell(column, row[name])),
  )
  return formatTable(layout, [units, ...figures], style)
}

const numberKinds = new Set<Columns[string]["kind"]>([
  "int16",
  "int32",
  "int64",
  "float64",
  "decimal",
])

function isNumberColumn({ kind }: Columns[string]): boolean {
  return numberKinds.has(kind)
}

/** Amounts, which have a unit, are written with separators; ids and years are not. */
function toFigureCell(column: Columns[string], value: unknown): Cell {
  if (value === null || value === undefined) return { text: "–", tone: "faint" }
  const text = typeof value === "string" ? value : JSON.stringify(value)
  if (column.unit === undefined || !isNumberColumn(column)) return text.replaceAll(/[\n\r\t]/g, " ")
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
