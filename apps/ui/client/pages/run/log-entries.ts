import { formatDuration, formatQuantity } from "@freshet/core/engine"

import type { LogLine, RunDetailDocument, StepRow } from "../../api/documents.ts"
import { formatStepOutcome, getStepState } from "./step-words.ts"

/** The levels of a log, the least severe first. */
export const logLevels = ["debug", "info", "warn", "error"] as const

export type LogLevel = (typeof logLevels)[number]

/** The origins of entries: the course of steps, and the messages that their code printed. */
export const logStreams = ["steps", "code"] as const

export type LogStream = (typeof logStreams)[number]

/** One entry of the log of a run. */
export interface LogEntry {
  readonly stream: LogStream
  readonly at: string
  readonly level: LogLevel
  /** The id of the step: `user_recs 2026-01-05`. */
  readonly step: string
  /** The number of the attempt, from 1. */
  readonly attempt: number
  readonly text: string
}

/** A choice of entries; undefined parts choose all. */
export interface LogFilter {
  readonly text: string
  /** The least severe level. */
  readonly level: LogLevel | undefined
  readonly stream: LogStream | undefined
  readonly step: string | undefined
}

/** Merges the course of the steps and the printed lines by time. */
export function mergeEntries(
  run: Pick<RunDetailDocument, "step_rows" | "waiting_steps">,
  lines: readonly LogLine[],
): readonly LogEntry[] {
  const stepEntries = run.step_rows.flatMap((step) => [...listAttempts(step), toEnd(step)])
  const waitingEntries = run.waiting_steps.flatMap(listAttempts)
  const printedEntries = lines.map((line) => ({ stream: "code" as const, ...line }))
  return [...printedEntries, ...stepEntries, ...waitingEntries].toSorted(
    (first, second) => Date.parse(first.at) - Date.parse(second.at),
  )
}

/** Chooses the entries that fulfill all parts of a filter. */
export function filterEntries(
  entries: readonly LogEntry[],
  { text, level, stream, step }: LogFilter,
): readonly LogEntry[] {
  const query = text.trim().toLowerCase()
  const leastSevere = level === undefined ? 0 : logLevels.indexOf(level)
  return entries.filter(
    (entry) =>
      logLevels.indexOf(entry.level) >= leastSevere &&
      (stream === undefined || entry.stream === stream) &&
      (step === undefined || entry.step === step) &&
      (query === "" || `${entry.step} ${entry.text}`.toLowerCase().includes(query)),
  )
}

/** Formats the id of a step; that of an asset without partitions is its name. */
export function formatStepId({
  computation,
  partition,
}: Pick<StepRow, "computation" | "partition">): string {
  return partition === null || partition === "" ? computation : `${computation} ${partition}`
}

type Attempts = Pick<StepRow, "computation" | "partition" | "failed_attempts">

function listAttempts(step: Attempts): readonly LogEntry[] {
  return step.failed_attempts.map(({ message, started_at: startedAt, ms }, at) => ({
    stream: "steps",
    at: addMs(startedAt, ms),
    level: "warn",
    step: formatStepId(step),
    attempt: at + 1,
    text: `failed after ${formatDuration(ms)}: ${message}`,
  }))
}

function toEnd(step: StepRow): LogEntry {
  const { outcome, message, rows, ms } = step
  const isFailed = getStepState(outcome) === "failed"
  const facts = isFailed ? (message ?? "") : `${formatQuantity(rows, "row")}, ${formatDuration(ms)}`
  return {
    stream: "steps",
    at: addMs(step.started_at, ms),
    level: isFailed ? "error" : outcome === "skipped" ? "warn" : "info",
    step: formatStepId(step),
    attempt: step.failed_attempts.length + 1,
    text:
      outcome === "skipped"
        ? formatStepOutcome(outcome)
        : `${formatStepOutcome(outcome)}: ${facts}`,
  }
}

function addMs(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString()
}
