import type { QuarantineDocument } from "@freshet/services"

import type { TerminalStyle } from "../terminal/terminal-style.ts"
import { formatTable } from "./table.ts"

const columns = [
  { header: "file", shrinks: true },
  { header: "line", align: "right" },
  { header: "reason" },
  { header: "text", shrinks: true },
] as const

/** Formats quarantined lines as a table. */
export function formatQuarantine(
  { lines }: QuarantineDocument,
  style: TerminalStyle,
): readonly string[] {
  if (lines.length === 0) return ["No line is quarantined."]
  const rows = lines.map(({ file, line, reason, text }) => [
    file,
    String(line),
    reason,
    style.columns === undefined ? text : text.slice(0, style.columns),
  ])
  return formatTable(columns, rows, style)
}
