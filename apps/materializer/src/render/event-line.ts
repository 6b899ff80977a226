import type { CheckResult, RunEvent, StepOutcome, TableChange } from "@freshet/core"

import { clock, count, counted, duration } from "./amount.ts"

/** One change of a run as a line with its time, for logs; undefined for what a log need not tell. */
export function eventLine(event: RunEvent, nowMs: number): string | undefined {
  const text = eventText(event)
  return text === undefined ? undefined : `${clock(nowMs)}  ${text}`
}

function eventText(event: RunEvent): string | undefined {
  switch (event.kind) {
    case "run_started":
      return `run ${event.run} started: ${counted(event.steps, "step")}`
    case "step_started":
    case "step_progress":
      return undefined
    case "step_ended":
      return `${event.step}: ${stepText(event)}`
    case "publish_started":
      return undefined
    case "publish_ended":
      return event.error === undefined
        ? `published ${event.set} ${event.partition}: ${changesText(event.changes)}, ${duration(event.ms)}`
        : `${event.set} ${event.partition} not published: ${event.error}`
    case "run_ended":
      return `run ${event.run} ${event.outcome}`
  }
}

function stepText(event: Extract<RunEvent, { kind: "step_ended" }>): string {
  const quarantined = event.lineCounts.reduce((sum, line) => sum + line.quarantined, 0)
  const isRefused = event.outcome.kind === "refused"
  const failedChecks = event.checks
    .filter(({ passed, severity }) => !passed && !(isRefused && severity === "error"))
    .map(({ name }) => name)
  const counts =
    event.outcome.kind === "made" ? [counted(event.rows, "row"), duration(event.ms)] : []
  return [
    outcomeText(event.outcome, event.checks),
    ...counts,
    ...(event.outcome.kind === "made" && !event.changed ? ["same rows as before"] : []),
    ...(quarantined > 0 ? [`${counted(quarantined, "line")} quarantined`] : []),
    ...(failedChecks.length > 0 ? [`checks failed: ${failedChecks.join(", ")}`] : []),
  ].join(", ")
}

/** How a step ended, in words, with the checks that refused its rows. */
export function outcomeText(outcome: StepOutcome, checks: readonly CheckResult[] = []): string {
  switch (outcome.kind) {
    case "made":
    case "reused":
    case "unchanged":
    case "checked":
      return outcome.kind
    case "refused":
      return `refused by ${checks
        .filter(({ passed, severity }) => !passed && severity === "error")
        .map(({ name }) => name)
        .join(", ")}`
    case "failed":
      return `failed: ${outcome.message}`
    case "skipped":
      return `skipped, since ${outcome.because} did not succeed`
  }
}

/** What changed in published tables together: `120 inserted, 4 updated, 0 deleted`. */
function changesText(changes: readonly TableChange[]): string {
  const sum = (kind: "inserted" | "updated" | "deleted") =>
    changes.reduce((total, change) => total + change[kind], 0)
  return `${count(sum("inserted"))} inserted, ${count(sum("updated"))} updated, ${count(sum("deleted"))} deleted`
}
