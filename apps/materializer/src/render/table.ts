import stringWidth from "string-width"

import { type Look, type Tone, paint } from "./look.ts"

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
const narrowest = 12

/** Rows in aligned columns under a line of headers, no wider than the look allows; a column without any content is left out. */
export function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  look: Look,
): readonly string[] {
  if (rows.length === 0) return []
  const shown = shownColumns(columns, naturalWidths(columns, rows), look.columns)
  const head = columns.map((column) => ({ text: column.header, tone: "faint" as const }))
  return [head, ...rows].map((row) =>
    shown
      .map(({ index, width }) => cellText(row[index] ?? "", width, columns[index], look))
      .join(" ".repeat(gap))
      .trimEnd(),
  )
}

interface ShownColumn {
  readonly index: number
  readonly width: number
}

function naturalWidths(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
): readonly number[] {
  return columns.map((column, index) => {
    const widest = rows.reduce((most, row) => Math.max(most, widthOf(row[index] ?? "")), 0)
    return widest === 0 ? 0 : Math.max(widest, stringWidth(column.header))
  })
}

function widthOf(cell: Cell): number {
  return stringWidth(textOf(cell))
}

function textOf(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text
}

function shownColumns(
  columns: readonly TableColumn[],
  widths: readonly number[],
  available: number | undefined,
): readonly ShownColumn[] {
  let shown = widths.map((width, index) => ({ index, width })).filter(({ width }) => width > 0)
  if (available === undefined) return shown
  const droppable = shown
    .filter(({ index }) => columns[index]?.drop !== undefined)
    .toSorted((a, b) => (columns[a.index]?.drop ?? 0) - (columns[b.index]?.drop ?? 0))
  for (const { index } of droppable) {
    if (totalWidth(shown, columns) <= available) break
    shown = shown.filter((column) => column.index !== index)
  }
  const excess = totalWidth(shown, columns, false) - available
  return excess > 0 ? shrunk(shown, columns, excess) : shown
}

/** The width of the columns; a shrinking one counts as no wider than the least it may be cut to, if `cut`. */
function totalWidth(
  shown: readonly ShownColumn[],
  columns: readonly TableColumn[],
  cut = true,
): number {
  const widths = shown.map(({ index, width }) =>
    cut && columns[index]?.shrinks === true ? Math.min(width, 2 * narrowest) : width,
  )
  return widths.reduce((sum, width) => sum + width + gap, -gap)
}

/** Takes what is too much from the widest, a letter at a time. */
function shrunk(
  shown: readonly ShownColumn[],
  columns: readonly TableColumn[],
  excess: number,
): readonly ShownColumn[] {
  const widths = shown.map(({ width }) => width)
  const canShrink = shown.map(({ index }) => columns[index]?.shrinks === true)
  for (let left = excess; left > 0; left -= 1) {
    const spare = widths.map((width, at) => (canShrink[at] === true ? width - narrowest : 0))
    const most = Math.max(...spare)
    if (most <= 0) break
    const at = spare.indexOf(most)
    widths[at] = narrowest + most - 1
  }
  return shown.map(({ index }, at) => ({ index, width: widths[at] ?? 0 }))
}

function cellText(cell: Cell, width: number, column: TableColumn | undefined, look: Look): string {
  const text = fitted(textOf(cell), width, look)
  const padding = " ".repeat(Math.max(0, width - stringWidth(text)))
  const painted = typeof cell === "string" ? text : paint(look, cell.tone, text)
  return column?.align === "right" ? padding + painted : painted + padding
}

/** Text cut to a width, with a sign that it was. */
export function fitted(text: string, width: number, look: Look): string {
  if (stringWidth(text) <= width) return text
  const mark = look.unicode ? "…" : ".."
  let kept = ""
  for (const letter of text) {
    if (stringWidth(kept + letter) > width - mark.length) break
    kept += letter
  }
  return kept + mark
}
