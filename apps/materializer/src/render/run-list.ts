import { formatAge, formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import type { RunListDocument, RunRowDocument } from "@freshet/services"

import { getSign, type Sign, type TerminalStyle, type Tone } from "../terminal/terminal-style.ts"
import { type Cell, formatTable } from "./table.ts"

export const runOutcomeSigns: Readonly<Record<RunRowDocument["outcome"], readonly [Sign, Tone]>> = {
  running: ["running", "running"],
  succeeded: ["made", "good"],
  failed: ["failed", "bad"],
  interrupted: ["skipped", "stale"],
  killed: ["failed", "stale"],
}

/** Formats runs, the newest first. */
export function formatRunList(
  { runs, now }: RunListDocument,
  style: TerminalStyle,
): readonly string[] {
  if (runs.length === 0) return ["No runs yet."]
  const nowMs = Date.parse(now)
  const rows = runs.map((run): readonly Cell[] => {
    const [sign, tone] = runOutcomeSigns[run.outcome]
    return [
      { text: `${getSign(style, sign)} ${run.outcome}`, tone },
      run.id,
      run.kind,
      formatAge(Date.parse(run.started_at), nowMs),
      formatRunDuration(run, nowMs),
      formatStepCounts(run),
      run.command,
    ]
  })
  const columns = [
    { header: "run" },
    { header: "id" },
    { header: "kind", drop: 0 },
    { header: "started" },
    { header: "duration", align: "right", drop: 2 } as const,
    { header: "steps", drop: 1 },
    { header: "command", shrinks: true },
  ]
  return formatTable(columns, rows, style)
}

/** Formats a duration; that of a killed run is unknown until the next run closes it. */
export function formatRunDuration(
  { outcome, started_at: start, ended_at: end }: RunRowDocument,
  nowMs: number,
): string {
  if (outcome === "killed" && end === null) return "?"
  return formatDuration((end === null ? nowMs : Date.parse(end)) - Date.parse(start))
}

export function formatStepCounts({
  steps,
  materialized,
  unchanged,
  failed,
}: RunRowDocument): string {
  const unchangedText = unchanged > 0 ? `, ${formatCount(unchanged)} unchanged` : ""
  const failedText = failed > 0 ? `, ${formatCount(failed)} failed` : ""
  return `${formatCount(materialized)} of ${formatCount(steps)} materialized${unchangedText}${failedText}`
}

/** Formats the note below a list that may omit runs. */
export function formatRunListNote(runCount: number, limit: number): readonly string[] {
  return runCount < limit ? [] : [`The latest ${formatQuantity(limit, "run")}; --limit shows more.`]
}
