import { formatCount, formatDuration, formatQuantity, type LineCount } from "@freshet/core/engine"
import type { FailedStep, PublicationSummary, RunSummary, UnpublishedSet } from "@freshet/services"

import { type TerminalStyle, paint, getSign } from "../terminal/terminal-style.ts"
import { formatFailedCheck, formatFailedPartition } from "./failed-checks.ts"
import { formatNameList } from "./recommendations.ts"
import { formatOutcome } from "./run-event.ts"
import { formatSetPartition } from "./set-partition.ts"
import { formatTable } from "./table.ts"

/** The summary in words. */
export function formatRunSummary(
  summary: RunSummary,
  formatPath: (location: string) => string,
  style: TerminalStyle,
): readonly string[] {
  return [
    ...formatHeadline(summary, style),
    ...summary.failedSteps.flatMap((failedStep) => formatFailedStep(failedStep, formatPath, style)),
    ...summary.lineCounts.flatMap((lines) => formatLineCount(lines, style)),
    ...formatFailedChecks(summary, style),
    ...summary.publications.flatMap((publication) => formatPublication(publication, style)),
  ]
}

/** What was made; nothing of it where the run only published. */
function formatHeadline(
  { outcome, counts, ms, notStarted, rows }: RunSummary,
  style: TerminalStyle,
): readonly string[] {
  const otherOutcomes = (
    ["unchanged", "reused", "checked", "checks_failed", "failed", "skipped"] as const
  )
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${formatCount(counts[kind])} ${kind}`)
  const unstartedSteps = notStarted > 0 ? [`${formatCount(notStarted)} not started`] : []
  const details = [...otherOutcomes, ...unstartedSteps]
  const text = `${formatQuantity(counts.materialized, "partition")} made in ${formatDuration(ms)}, ${formatQuantity(rows, "row")}${details.length > 0 ? `; ${details.join(", ")}` : ""}.`
  switch (outcome) {
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
  { step, outcome, failedPartition }: FailedStep,
  formatPath: (location: string) => string,
  style: TerminalStyle,
): readonly string[] {
  const hint = outcome.kind === "failed" ? outcome.hint : undefined
  return [
    `${paint(style, "bad", getSign(style, "failed"))} ${step}: ${formatOutcome(
      outcome,
      failedPartition?.checks.map((check) => ({ ...check, passed: false })),
    )}`,
    ...(hint === undefined ? [] : [`  ${hint}`]),
    ...(failedPartition === undefined ? [] : formatFailedPartition(failedPartition, formatPath)),
  ]
}

function formatLineCount(
  { source, lines, quarantined, reasons }: LineCount,
  style: TerminalStyle,
): readonly string[] {
  if (quarantined === 0) return []
  const reasonTexts = reasons
    .toSorted((a, b) => b.lines - a.lines || (a.reason < b.reason ? -1 : 1))
    .map(({ reason, lines }) => `${formatCount(lines)} ${reason}`)
  return [
    paint(
      style,
      "stale",
      `${formatCount(quarantined)} of ${formatQuantity(lines, "line")} of ${source} quarantined: ${reasonTexts.join(", ")}.`,
    ),
    `  \`freshet data quarantine ${source}\` shows them.`,
  ]
}

/** What checks found in rows that are kept all the same; rows that were refused are told of with their step. */
function formatFailedChecks(summary: RunSummary, style: TerminalStyle): readonly string[] {
  const rejectedSteps = new Set(
    summary.failedSteps.flatMap(({ step, failedPartition }) => (failedPartition ? [step] : [])),
  )
  return summary.failedChecks.flatMap((check) => {
    if (check.severity === "error" && rejectedSteps.has(check.step)) return []
    const [word, tone] =
      check.severity === "error" ? (["failed", "bad"] as const) : (["warns", "stale"] as const)
    return [
      `${paint(style, tone, `check ${word}`)} in ${check.step}, of ${check.asset}`,
      ...formatFailedCheck(check),
    ]
  })
}

function formatPublication(
  { set, key, changes, error }: PublicationSummary,
  style: TerminalStyle,
): readonly string[] {
  if (error !== undefined)
    return [
      `${paint(style, "bad", `${getSign(style, "failed")} ${formatSetPartition(set, key)} was not published:`)} ${error}`,
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
  return [
    `${paint(style, "good", getSign(style, "made"))} Published ${formatSetPartition(set, key)}.`,
    ...formatTable(columns, rows, style).map((line) => `  ${line}`),
  ]
}

/** What readers do not see yet, and why. */
export function formatUnpublishedSets(sets: readonly UnpublishedSet[]): readonly string[] {
  return sets.flatMap(({ set, staleAssets }) => [
    `${set} was not published: ${formatNameList(staleAssets)} ${staleAssets.length === 1 ? "is" : "are"} not up to date.`,
    `  \`freshet materialize ${staleAssets.length === 1 ? (staleAssets[0] ?? "") : `"${staleAssets.join(" or ")}"`}\` makes ${staleAssets.length === 1 ? "it" : "them"} and publishes.`,
  ])
}
