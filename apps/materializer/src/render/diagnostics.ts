import type { DiagnosticsDocument, FindingDocument } from "@freshet/services"

import { type TerminalStyle, paint, getSign } from "../terminal/terminal-style.ts"

/** Formats findings, one a line, with the remedy below. */
export function formatDiagnostics(
  { findings }: DiagnosticsDocument,
  style: TerminalStyle,
): readonly string[] {
  const width = Math.max(...findings.map(({ subject }) => subject.length))
  return findings.flatMap(({ level, subject, message, hint }) => [
    `${formatLevel(level, style)} ${subject.padEnd(width)}  ${message}`,
    ...(hint === null ? [] : [`${" ".repeat(width + 9)}${hint}`]),
  ])
}

function formatLevel(level: FindingDocument["level"], style: TerminalStyle): string {
  switch (level) {
    case "ok":
      return paint(style, "good", `${getSign(style, "made")} ok  `)
    case "warn":
      return paint(style, "stale", "! warn")
    case "fail":
      return paint(style, "bad", `${getSign(style, "failed")} fail`)
  }
}
