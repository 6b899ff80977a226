import { formatInstant } from "@freshet/core/engine"
import type { LogLineDocument } from "@freshet/services"

/** Formats a line of a step's log: `2026-01-05T07:00:00Z  user_recs 2026-01-04  warn: no answer`. */
export function formatLogLine({ step, attempt, level, at, text }: LogLineDocument): string {
  const attemptText = attempt === 1 ? "" : ` (attempt ${attempt})`
  const levelText = level === "info" ? "" : `${level}: `
  return `${formatInstant(Date.parse(at))}  ${step}${attemptText}  ${levelText}${text}`
}
