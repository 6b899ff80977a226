import { type TerminalStyle } from "../terminal/terminal-style.ts"
import { formatTable } from "./table.ts"

/** One line that was not taken, as the quarantine file has it. */
export interface QuarantinedLine {
  readonly file: string
  readonly line: number
  readonly reason: string
  readonly text: string
}

export function formatQuarantine(
  lines: readonly QuarantinedLine[],
  style: TerminalStyle,
): readonly string[] {
  if (lines.length === 0) return ["No line is quarantined."]
  const columns = [
    { header: "file", shrinks: true },
    { header: "line", align: "right" } as const,
    { header: "reason" },
    { header: "text", shrinks: true },
  ]
  const rows = lines.map(({ file, line, reason, text }) => [
    file,
    String(line),
    reason,
    style.columns === undefined ? text : text.slice(0, style.columns),
  ])
  return formatTable(columns, rows, style)
}
