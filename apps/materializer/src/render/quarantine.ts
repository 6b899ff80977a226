import { type Look } from "./look.ts"
import { table } from "./table.ts"

/** One line that was not taken, as the quarantine file has it. */
export interface QuarantinedLine {
  readonly file: string
  readonly line: number
  readonly reason: string
  readonly text: string
}

export function quarantineLines(lines: readonly QuarantinedLine[], look: Look): readonly string[] {
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
    look.columns === undefined ? text : text.slice(0, look.columns),
  ])
  return table(columns, rows, look)
}
