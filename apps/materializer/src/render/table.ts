import { type TerminalStyle, type Tone, paint } from "../terminal/terminal-style.ts"
import { textWidth } from "./text-width.ts"

/** One column of a table. Where space is short the column with the lowest `drop` goes first; one that `shrinks` is cut after that. */
export interface TableColumn {
  readonly header: string
  readonly align?: "right"
  readonly drop?: number
  readonly shrinks?: boolean
}

/** What stands in one place of a table. */
export type Cell = string | { readonly text: string; readonly tone: Tone }

const gap = 2
const minWidth = 12

/** Rows in aligned columns under a line of headers, no wider than the look allows; a column without any content is left out. */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  style: TerminalStyle,
): readonly string[] {
  if (rows.length === 0) return []
  const visibleColumns = chooseColumns(columns, measureColumns(columns, rows), style.columns)
  const header = columns.map((column) => ({ text: column.header, tone: "faint" as const }))
  return [header, ...rows].map((row) =>
    visibleColumns
      .map(({ index, width }) => formatCell(row[index] ?? "", width, columns[index], style))
      .join(" ".repeat(gap))
      .trimEnd(),
  )
}

interface VisibleColumn {
  readonly index: number
  readonly width: number
}

function measureColumns(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
): readonly number[] {
  return columns.map((column, index) => {
    const widest = rows.reduce((most, row) => Math.max(most, measureCell(row[index] ?? "")), 0)
    return widest === 0 ? 0 : Math.max(widest, textWidth(column.header))
  })
}

function measureCell(cell: Cell): number {
  return textWidth(getCellText(cell))
}

function getCellText(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text
}

function chooseColumns(
  columns: readonly TableColumn[],
  widths: readonly number[],
  available: number | undefined,
): readonly VisibleColumn[] {
  let visibleColumns = widths
    .map((width, index) => ({ index, width }))
    .filter(({ width }) => width > 0)
  if (available === undefined) return visibleColumns
  const droppable = visibleColumns
    .filter(({ index }) => columns[index]?.drop !== undefined)
    .toSorted((a, b) => (columns[a.index]?.drop ?? 0) - (columns[b.index]?.drop ?? 0))
  for (const { index } of droppable) {
    if (sumWidths(visibleColumns, columns) <= available) break
    visibleColumns = visibleColumns.filter((column) => column.index !== index)
  }
  const excess = sumWidths(visibleColumns, columns, false) - available
  return excess > 0 ? shrinkColumns(visibleColumns, columns, excess) : visibleColumns
}

/** The width of the columns; a shrinking one counts as no wider than the least it may be cut to, if `cut`. */
function sumWidths(
  visibleColumns: readonly VisibleColumn[],
  columns: readonly TableColumn[],
  isShrunk = true,
): number {
  const widths = visibleColumns.map(({ index, width }) =>
    isShrunk && columns[index]?.shrinks === true ? Math.min(width, 2 * minWidth) : width,
  )
  return widths.reduce((sum, width) => sum + width + gap, -gap)
}

/** Takes what is too much from the widest, a letter at a time. */
function shrinkColumns(
  visibleColumns: readonly VisibleColumn[],
  columns: readonly TableColumn[],
  excess: number,
): readonly VisibleColumn[] {
  const widths = visibleColumns.map(({ width }) => width)
  const canShrink = visibleColumns.map(({ index }) => columns[index]?.shrinks === true)
  for (let excessLeft = excess; excessLeft > 0; excessLeft -= 1) {
    const spareWidths = widths.map((width, at) => (canShrink[at] === true ? width - minWidth : 0))
    const widest = Math.max(...spareWidths)
    if (widest <= 0) break
    const at = spareWidths.indexOf(widest)
    widths[at] = minWidth + widest - 1
  }
  return visibleColumns.map(({ index }, at) => ({ index, width: widths[at] ?? 0 }))
}

function formatCell(
  cell: Cell,
  width: number,
  column: TableColumn | undefined,
  style: TerminalStyle,
): string {
  const text = fitText(getCellText(cell), width, style)
  const padding = " ".repeat(Math.max(0, width - textWidth(text)))
  const paintedText = typeof cell === "string" ? text : paint(style, cell.tone, text)
  return column?.align === "right" ? padding + paintedText : paintedText + padding
}

/** Text cut to a width, with a sign that it was. */
export function fitText(text: string, width: number, style: TerminalStyle): string {
  if (textWidth(text) <= width) return text
  const ellipsis = style.unicode ? "…" : ".."
  let fittedText = ""
  for (const letter of text) {
    if (textWidth(fittedText + letter) > width - ellipsis.length) break
    fittedText += letter
  }
  return fittedText + ellipsis
}
