import type { Asset, Columns } from "@freshet/core"

import type { Look } from "./look.ts"
import { paint } from "./look.ts"
import type { ResultRow } from "./rows.ts"
import { type Cell, table } from "./table.ts"

/** An answer that is ready to be read: an asset's first rows, and from when to when all its rows are about. */
export interface Answer {
  readonly asset: Pick<Asset, "columns" | "description" | "report">
  readonly period: readonly [from: string, to: string] | undefined
  readonly rows: readonly ResultRow[]
}

/** An answer as a report: title, period, definition, and the figures under their units. */
export function reportLines(answer: Answer, look: Look): readonly string[] {
  const { report, description } = answer.asset
  return [
    paint(look, "strong", report?.title ?? ""),
    ...periodLines(answer),
    "",
    ...wrapped(description, Math.min(look.columns ?? 100, 100)),
    "",
    ...figureLines(answer, look),
  ]
}

/** From when to when; nothing where the report has no period or no rows. */
export function periodLines({ period }: Pick<Answer, "period">): readonly string[] {
  return period === undefined ? [] : [`${period[0]} to ${period[1]}`]
}

/** The rows as a table with a line of units, without the columns that say the period. */
export function figureLines({ asset, rows }: Answer, look: Look): readonly string[] {
  const shown = Object.entries(asset.columns).filter(
    ([name]) => asset.report?.period?.includes(name) !== true,
  )
  const layout = shown.map(([name, column]) =>
    isNumber(column) ? { header: name, align: "right" as const } : { header: name, shrinks: true },
  )
  const units = shown.map(([, { unit = "" }]): Cell => ({ text: unit, tone: "faint" }))
  const figures = rows.map((row) => shown.map(([name, column]) => figure(column, row[name])))
  return table(layout, [units, ...figures], look)
}

const numbers = new Set<Columns[string]["kind"]>(["int16", "int32", "int64", "float64", "decimal"])

function isNumber({ kind }: Columns[string]): boolean {
  return numbers.has(kind)
}

/** Amounts, which have a unit, are written with separators; ids and years are not. */
function figure(column: Columns[string], value: unknown): Cell {
  if (value === null || value === undefined) return { text: "–", tone: "faint" }
  const text = typeof value === "string" ? value : JSON.stringify(value)
  if (column.unit === undefined || !isNumber(column)) return text.replaceAll(/[\n\r\t]/g, " ")
  return text.replace(/^-?\d+/, (whole) => whole.replaceAll(/\B(?=(\d{3})+$)/g, ","))
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}
