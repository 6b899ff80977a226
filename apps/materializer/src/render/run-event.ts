import {
  type CheckResult,
  formatCount,
  formatDuration,
  formatQuantity,
  formatTimeOfDay,
  type RunEvent,
  type StepOutcome,
  type TableChange,
} from "@freshet/core/engine"

/** One change of a run as a line with its time, for logs; undefined for what a log need not tell. */
export function formatEvent(event: RunEvent, nowMs: number): string | undefined {
  const text = describeEvent(event)
  return text === undefined ? undefined : `${formatTimeOfDay(nowMs)}  ${text}`
}

function describeEvent(event: RunEvent): string | undefined {
  switch (event.kind) {
    case "run_started":
      return `run ${event.run} started: ${formatQuantity(event.steps, "step")}`
    case "step_started":
    case "step_progress":
      return undefined
    case "step_ended":
      return `${event.step}: ${describeStep(event)}`
    case "publish_started":
      return undefined
    case "publish_ended":
      return event.error === undefined
        ? `published ${event.set} ${event.partition}: ${formatTableChanges(event.changes)}, ${formatDuration(event.ms)}`
        : `${event.set} ${event.partition} not published: ${event.error}`
    case "run_ended":
      return `run ${event.run} ${event.outcome}`
  }
}

function describeStep(event: Extract<RunEvent, { kind: "step_ended" }>): string {
  const quarantined = event.lineCounts.reduce((sum, line) => sum + line.quarantined, 0)
  const isRejectedByChecks = event.outcome.kind === "checks_failed"
  const failedChecks = event.checks
    .filter(({ passed, severity }) => !passed && !(isRejectedByChecks && severity === "error"))
    .map(({ name }) => name)
  const counts =
    event.outcome.kind === "materialized"
      ? [formatQuantity(event.rows, "row"), formatDuration(event.ms)]
      : []
  return [
    formatOutcome(event.outcome, event.checks),
    ...counts,
    ...(event.outcome.kind === "materialized" && !event.changed ? ["same rows as before"] : []),
    ...(quarantined > 0 ? [`${formatQuantity(quarantined, "line")} quarantined`] : []),
    ...(failedChecks.length > 0 ? [`checks failed: ${failedChecks.join(", ")}`] : []),
  ].join(", ")
}

/** How a step ended, in words, with the checks that refused its rows. */
export function formatOutcome(outcome: StepOutcome, checks: readonly CheckResult[] = []): string {
  switch (outcome.kind) {
    case "materialized":
    case "reused":
    case "unchanged":
    case "checked":
      return outcome.kind
    case "checks_failed":
      return `refused by ${checks
        .filter(({ passed, severity }) => !passed && severity === "error")
        .map(({ name }) => name)
        .join(", ")}`
    case "failed":
      return `failed: ${outcome.message}`
    case "skipped":
      return `skipped, since ${outcome.blocker} did not succeed`
  }
}

/** What changed in published tables together: `120 inserted, 4 updated, 0 deleted`. */
function formatTableChanges(changes: readonly TableChange[]): string {
  const sum = (kind: "inserted" | "updated" | "deleted") =>
    changes.reduce((total, change) => total + change[kind], 0)
  return `${formatCount(sum("inserted"))} inserted, ${formatCount(sum("updated"))} updated, ${formatCount(sum("deleted"))} deleted`
}
