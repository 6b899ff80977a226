import { type Look, paint, sign } from "./look.ts"

/** One thing that was looked at, and what to do where it is not well. */
export interface Finding {
  readonly level: "ok" | "warn" | "fail"
  readonly subject: string
  readonly message: string
  readonly hint?: string | undefined
}

export function doctorLines(findings: readonly Finding[], look: Look): readonly string[] {
  const width = Math.max(...findings.map(({ subject }) => subject.length))
  return findings.flatMap(({ level, subject, message, hint }) => [
    `${mark(level, look)} ${subject.padEnd(width)}  ${message}`,
    ...(hint === undefined ? [] : [`${" ".repeat(width + 9)}${hint}`]),
  ])
}

function mark(level: Finding["level"], look: Look): string {
  switch (level) {
    case "ok":
      return paint(look, "good", `${sign(look, "made")} ok  `)
    case "warn":
      return paint(look, "stale", "! warn")
    case "fail":
      return paint(look, "bad", `${sign(look, "failed")} fail`)
  }
}
