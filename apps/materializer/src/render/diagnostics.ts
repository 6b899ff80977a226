import { type TerminalStyle, paint, getSign } from "../terminal/terminal-style.ts"

/** One thing that was looked at, and what to do where it is not well. */
export interface Diagnostic {
  readonly level: "ok" | "warn" | "fail"
  readonly subject: string
  readonly message: string
  readonly hint?: string | undefined
}

export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  style: TerminalStyle,
): readonly string[] {
  const width = Math.max(...diagnostics.map(({ subject }) => subject.length))
  return diagnostics.flatMap(({ level, subject, message, hint }) => [
    `${formatLevel(level, style)} ${subject.padEnd(width)}  ${message}`,
    ...(hint === undefined ? [] : [`${" ".repeat(width + 9)}${hint}`]),
  ])
}

function formatLevel(level: Diagnostic["level"], style: TerminalStyle): string {
  switch (level) {
    case "ok":
      return paint(style, "good", `${getSign(style, "made")} ok  `)
    case "warn":
      return paint(style, "stale", "! warn")
    case "fail":
      return paint(style, "bad", `${getSign(style, "failed")} fail`)
  }
}
