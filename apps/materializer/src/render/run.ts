import { formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import type {
  LineCountDocument,
  PublicationDocument,
  RunDocument,
  RunStepDocument,
} from "@freshet/services"

import { getSign, paint, type TerminalStyle } from "../terminal/terminal-style.ts"
import { formatImpact } from "./backfill-impact.ts"
import { formatFailedCheck, formatFailedPartition } from "./failed-checks.ts"
import { formatPlan } from "./plan.ts"
import { formatFailedChecksList } from "./run-event.ts"
import { formatSetPartition } from "./set-partition.ts"
import { formatTable } from "./table.ts"
import { formatWaitingSet } from "./waiting-set.ts"

type FormatPath = (location: string) => string

/** Formats an executed run: the counts, failed steps, quarantined lines, failed checks and publications, then the work that remains. */
export function formatRun(
  run: RunDocument,
  formatPath: FormatPath,
  style: TerminalStyle,
): readonly string[] {
  const { outcome, remaining, impact } = run
  const hasRemainingWork =
    remaining.blocked.length > 0 || remaining.has_failed_checks || remaining.is_blocked
  return [
    ...(outcome === "nothing" ? [] : formatExecuted(run, formatPath, style)),
    ...(outcome === "nothing" || hasRemainingWork
      ? formatPlan(remaining, style)
      : remaining.waiting_sets.flatMap(formatWaitingSet)),
    ...(impact === null ? [] : formatImpact(impact, style)),
  ]
}

function formatExecuted(
  run: RunDocument,
  formatPath: FormatPath,
  style: TerminalStyle,
): readonly string[] {
  return [
    ...formatHeadline(run, style),
    ...run.steps.flatMap((step) => formatFailedStep(step, formatPath, style)),
    ...run.line_counts.flatMap((lines) => formatLineCount(lines, style)),
    ...formatFailedChecks(run, style),
    ...run.publications.flatMap((publication) => formatPublication(publication, style)),
    ...formatRetryHint(run),
  ]
}

/** Formats the counts of a run; nothing for a run that only published. */
function formatHeadline(
  { outcome, counts, ms, rows }: RunDocument,
  style: TerminalStyle,
): readonly string[] {
  const otherCounts = [
    [counts.unchanged, "unchanged"],
    [counts.reused, "reused"],
    [counts.checked, "checked"],
    [counts.checks_failed, "with failed checks"],
    [counts.failed, "failed"],
    [counts.skipped, "skipped"],
    [counts.not_started, "not started"],
  ] as const
  const details = otherCounts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${formatCount(count)} ${word}`)
  const text = `${formatQuantity(counts.materialized, "partition")} materialized in ${formatDuration(ms)}, ${formatQuantity(rows, "row")}${details.length > 0 ? `; ${details.join(", ")}` : ""}.`
  switch (outcome) {
    case "nothing":
      return []
    case "succeeded":
      if (counts.materialized === 0 && details.length === 0) return []
      return [`${paint(style, "good", getSign(style, "made"))} ${text}`]
    case "failed":
      return [`${paint(style, "bad", `${getSign(style, "failed")} The run failed:`)} ${text}`]
    case "interrupted":
      return [`${paint(style, "stale", "Interrupted:")} ${text}`]
  }
}

function formatFailedStep(
  { step, outcome, message, hint, failed_partition: failedPartition }: RunStepDocument,
  formatPath: FormatPath,
  style: TerminalStyle,
): readonly string[] {
  if (outcome !== "failed" && outcome !== "checks_failed") return []
  const text =
    outcome === "failed"
      ? `failed: ${message ?? ""}`
      : formatFailedChecksList(failedPartition?.checks.map(({ name }) => name) ?? [])
  return [
    `${paint(style, "bad", getSign(style, "failed"))} ${step}: ${text}`,
    ...(hint === null ? [] : [`  ${hint}`]),
    ...(failedPartition === null ? [] : formatFailedPartition(failedPartition, formatPath)),
  ]
}

function formatLineCount(
  { source, lines, quarantined, reasons }: LineCountDocument,
  style: TerminalStyle,
): readonly string[] {
  if (quarantined === 0) return []
  const reasonTexts = reasons
    .toSorted((a, b) => b.lines - a.lines || (a.reason < b.reason ? -1 : 1))
    .map(({ reason, lines }) => `${formatCount(lines)} ${reason}`)
  const text = `${formatCount(quarantined)} of ${formatQuantity(lines, "line")} of ${source} quarantined: ${reasonTexts.join(", ")}.`
  return [paint(style, "stale", text), `  \`freshet data quarantine ${source}\` shows them.`]
}

/** Formats failed checks of materialized rows; those of a failed step are printed with the step. */
function formatFailedChecks(run: RunDocument, style: TerminalStyle): readonly string[] {
  const failedSteps = new Set(
    run.steps.flatMap(({ step, failed_partition: failed }) => (failed === null ? [] : [step])),
  )
  return run.failed_checks.flatMap((check) => {
    if (check.severity === "error" && failedSteps.has(check.step)) return []
    const [word, tone] =
      check.severity === "error" ? (["failed", "bad"] as const) : (["warning", "stale"] as const)
    return [
      `${paint(style, tone, `check ${word}`)} in ${check.step}, asset ${check.asset}`,
      ...formatFailedCheck(check),
    ]
  })
}

function formatPublication(
  { set, partition, withdrawn, changes, error }: PublicationDocument,
  style: TerminalStyle,
): readonly string[] {
  const name = formatSetPartition(set, partition)
  if (error !== null)
    return [
      `${paint(style, "bad", `${getSign(style, "failed")} ${name} was not published:`)} ${error}`,
    ]
  const rightAligned = { align: "right" } as const
  const columns = [
    { header: "table" },
    { header: "inserted", ...rightAligned },
    { header: "updated", ...rightAligned },
    { header: "deleted", ...rightAligned },
    { header: "rows", ...rightAligned },
  ]
  const rows = changes.map(({ table, inserted, updated, deleted, rows }) => [
    table,
    ...[inserted, updated, deleted, rows].map(formatCount),
  ])
  const replaced = withdrawn.map((key) => ` It replaces ${key}, which no longer exists.`).join("")
  return [
    `${paint(style, "good", getSign(style, "made"))} Published ${name}.${replaced}`,
    ...formatTable(columns, rows, style).map((line) => `  ${line}`),
  ]
}

function formatRetryHint({ run, outcome, counts, steps }: RunDocument): readonly string[] {
  const hasSteps = counts.not_started > 0 || steps.some(({ kind }) => kind === "materialize")
  if (run === null || outcome === "succeeded" || !hasSteps) return []
  return [
    `Finished partitions are retained; \`freshet runs retry ${run}\` runs the remaining ones.`,
  ]
}
