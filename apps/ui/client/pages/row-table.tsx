import { formatCount } from "@freshet/core/engine"

import type { RowsDocument } from "../api/documents.ts"
import { Button } from "../ui/controls.tsx"

interface RowTableProps {
  readonly label: string
  /** The columns with their types; by default those of the first row. */
  readonly columns?: RowsDocument["columns"]
  readonly rows: RowsDocument["rows"]
  /** The row whose lines are shown, and the function that shows those of another one. */
  readonly selection?: RowSelection
}

interface RowSelection {
  readonly row: RowsDocument["rows"][number] | undefined
  readonly onSelect: (row: RowsDocument["rows"][number]) => void
}

/** Rows of data. Values are text, never HTML. */
export function RowTable({ label, rows, selection, columns = listColumns(rows) }: RowTableProps) {
  const numericNames = new Set(
    columns.filter(({ name }) => rows.every((row) => isNumeric(row[name]))).map(({ name }) => name),
  )
  const alignment = (name: string) => (numericNames.has(name) ? "num" : "nowrap")
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={label}>
      <table style={{ width: "auto" }}>
        <thead>
          <tr>
            {selection === undefined ? null : <th className="nowrap">provenance</th>}
            {columns.map(({ name, type }) => (
              <th key={name} className={alignment(name)}>
                {name} <span style={{ fontWeight: 400 }}>{type.toLowerCase()}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // Rows have no key of their own, and are never reordered.
            <tr key={at} onClick={() => selection?.onSelect(row)}>
              {selection === undefined ? null : (
                <td className="nowrap">
                  <Button
                    look={selection.row === row ? "normal" : "plain"}
                    aria-pressed={selection.row === row}
                    aria-label={`Landed lines of row ${at + 1}`}
                  >
                    Lines
                  </Button>
                </td>
              )}
              {columns.map(({ name }) => (
                <td key={name} className={alignment(name)} title={formatValue(row[name])}>
                  {shorten(formatValue(row[name]))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function listColumns([row = {}]: RowsDocument["rows"]): RowsDocument["columns"] {
  return Object.keys(row).map((name) => ({ name, type: "" }))
}

function isNumeric(value: unknown): boolean {
  return typeof value === "number" || value === null
}

/** Formats a value of a column; identifiers keep their digits together. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return "null"
  if (typeof value === "string") return value
  if (typeof value === "number")
    return Number.isInteger(value) ? String(value) : formatFraction(value)
  return JSON.stringify(value)
}

function formatFraction(value: number): string {
  return Math.abs(value) >= 1000
    ? formatCount(Math.round(value))
    : String(Number(value.toPrecision(6)))
}

const shownCharacters = 80

function shorten(text: string): string {
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`
}
