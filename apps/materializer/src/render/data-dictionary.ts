import type { ColumnDocument } from "@freshet/services"

import type { TerminalStyle } from "../terminal/terminal-style.ts"
import { type TableColumn, formatTable } from "./table.ts"

const dictionaryColumns: readonly TableColumn[] = [
  { header: "name" },
  { header: "type" },
  { header: "unit", drop: 1 },
  { header: "description", shrinks: true },
]

/** Formats the columns of an asset with type, unit and description. */
export function formatDataDictionary(
  columns: readonly ColumnDocument[],
  style: TerminalStyle,
): readonly string[] {
  const rows = columns.map(({ name, type, nullable, unit, description }) => [
    name,
    nullable ? `${type} or null` : type,
    unit ?? "",
    description ?? "",
  ])
  return formatTable(dictionaryColumns, rows, style)
}
