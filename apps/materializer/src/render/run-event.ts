import {
  type CheckResult,
  formatCount,
  formatDuration,
  formatQuantity,
  type RunEvent,
  type StepEndedEvent,
  type StepOutcome,
  type TableChange,
} from "@freshet/core/engine"

import { formatSetPartition } from "./set-partition.ts"

/** Describes the end of steps that were skipped one after the other, by the first one. */
export function describeSkippedSteps(first: string, blocker: string, count: number): string {
  return count === 1
    ? `${first}: skipped: blocked by ${blocker}`
    : `${formatQuantity(count, "step")} skipped; ${first} is blocked by ${blocker}`
}

/** Converts an event to the fields of a line of JSON. */
export function toEventDocument(event: RunEvent): object {
  if (event.kind === "step_logged") {
    const { lines, ...fields } = event
    return { ...fields, lines: lines.map(({ level, text }) => ({ level, text })) }
  }
  if (event.kind === "attempt_failed") {
    const { maxAttempts, delayMs, ...fields } = event
    return { ...fields, max_attempts: maxAttempts, delay_ms: delayMs }
  }
  if (event.kind !== "step_ended") return event
  const { lineCounts, outcome, checks, ...fields } = event
  const { kind, ...outcomeFields } = outcome
  return {
    ...fields,
    outcome: kind,
    ...("failedFiles" in outcomeFields
      ? { failed_row_files: outcomeFields.failedFiles }
      : outcomeFields),
    checks,
    line_counts: lineCounts,
  }
}

/** Describes an event; undefined for events that a log omits. */
export function describeEvent(event: RunEvent): string | undefined {
  switch (event.kind) {
    case "run_started":
      return `run ${event.run} started: ${formatQuantity(event.steps, "step")}`
    case "step_started":
    case "step_progress":
      return undefined
    case "step_waiting":
      return `${event.step}: waits for another process`
    case "run_outranked":
      return "waiting for a run of a higher priority"
    case "step_logged":
      return event.lines.map(({ text }) => `${event.step}: ${text}`).join("\n")
    case "attempt_failed":
      return `${event.step}: ${describeFailedAttempt(event)}`
    case "step_ended":
      return `${event.step}: ${describeStep(event)}`
    case "publish_started":
      return undefined
    case "publish_ended":
      return event.error === undefined
        ? `published ${formatSetPartition(event.set, event.partition)}: ${formatTableChanges(event.changes)}, ${formatDuration(event.ms)}`
        : `${formatSetPartition(event.set, event.partition)} not published: ${event.error}`
    case "run_ended":
      return `run ${event.run} ${event.outcome}`
  }
}

function describeFailedAttempt({
  attempt,
  maxAttempts,
  message,
  delayMs,
}: Extract<RunEvent, { kind: "attempt_failed" }>): string {
  return `attempt ${attempt} of ${maxAttempts} failed: ${message} (next attempt in ${formatDuration(delayMs)})`
}

function describeStep(event: StepEndedEvent): string {
  const { outcome, checks, changed, elsewhere } = event
  const isMaterialized = outcome.kind === "materialized"
  const quarantined = event.lineCounts.reduce((sum, line) => sum + line.quarantined, 0)
  const otherFailedChecks = checks
    .filter(
      ({ passed, severity }) =>
        !passed && !(outcome.kind === "checks_failed" && severity === "error"),
    )
    .map(({ name }) => name)
  return [
    `${formatOutcome(outcome, checks)}${elsewhere ? " by another process" : ""}`,
    ...(isMaterialized ? [formatQuantity(event.rows, "row")] : []),
    ...(isMaterialized && !elsewhere ? [formatDuration(event.ms)] : []),
    ...(isMaterialized && !elsewhere && !changed ? ["same rows as before"] : []),
    ...(quarantined > 0 ? [`${formatQuantity(quarantined, "line")} quarantined`] : []),
    ...(otherFailedChecks.length > 0 ? [formatFailedChecksList(otherFailedChecks)] : []),
  ].join(", ")
}

/** Formats the end of a step, with the error checks that failed. */
export function formatOutcome(outcome: StepOutcome, checks: readonly CheckResult[]): string {
  switch (outcome.kind) {
    case "materialized":
    case "reused":
    case "unchanged":
    case "checked":
      return outcome.kind
    case "checks_failed":
      return formatFailedChecksList(
        checks
          .filter(({ passed, severity }) => !passed && severity === "error")
          .map(({ name }) => name),
      )
    case "failed":
      return `failed: ${outcome.message}`
    case "skipped":
      return `skipped: blocked by ${outcome.blocker}`
  }
}

/** Formats names of failed checks: `check unique(id) failed`. */
export function formatFailedChecksList(names: readonly string[]): string {
  return `${names.length === 1 ? "check" : "checks"} ${names.join(", ")} failed`
}

/** Formats the sum of the changes of published tables: `120 inserted, 4 updated, 0 deleted`. */
function formatTableChanges(changes: readonly TableChange[]): string {
  const sum = (kind: "inserted" | "updated" | "deleted") =>
    changes.reduce((total, change) => total + change[kind], 0)
  return `${formatCount(sum("inserted"))} inserted, ${formatCount(sum("updated"))} updated, ${formatCount(sum("deleted"))} deleted`
}
