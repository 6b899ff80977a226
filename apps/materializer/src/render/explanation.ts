import { groupBy } from "@freshet/core/engine"
import type { ExplanationDocument, RootCauseDocument } from "@freshet/services"

import { type TerminalStyle, paint, getSign, stateTones } from "../terminal/terminal-style.ts"
import { formatFailedPartition } from "./failed-checks.ts"
import { formatAssetPartition } from "./set-partition.ts"
import { formatOverdue } from "./status.ts"
import { formatWaitingSet } from "./waiting-set.ts"

type FormatPath = (location: string) => string

/** Formats the root causes of a status, the path from the first one, and the command that fixes it. */
export function formatExplanation(
  document: ExplanationDocument,
  formatPath: FormatPath,
  style: TerminalStyle,
): readonly string[] {
  const { asset, partition, status, roots, command, waiting_set: waitingSet } = document
  const name = formatAssetPartition(asset, partition)
  const headline = `${paint(style, stateTones[status], getSign(style, status))} ${name} ${formatState(document)}.`
  const overdueLines = formatOverdueAsset(document)
  const waitingLines = waitingSet === null ? [] : formatWaitingSet(waitingSet)
  if (status === "fresh")
    return [
      headline,
      ...overdueLines,
      ...formatFreshState(document, formatPath, style),
      ...waitingLines,
    ]
  return [
    headline,
    ...overdueLines,
    "",
    paint(style, "strong", roots.length === 1 ? "Root cause" : "Root causes"),
    ...formatRootCauses(roots),
    ...formatFailedPartitions(document, formatPath).map((line) => `  ${line}`),
    ...formatCausePath(document, style),
    ...formatPinnedFiles(document).flatMap((line) => ["", line]),
    "",
    paint(style, "strong", isBlocked(roots) ? "Once the blocker is gone" : "To fix it"),
    ...(document.failed_checks.length > 0 ? [correctionHint] : []),
    `  ${command ?? ""}`,
    ...waitingLines,
  ]
}

const correctionHint = "  fix the query, its input or the check (otherwise it fails again), then"

function formatOverdueAsset({ asset, overdue }: ExplanationDocument): readonly string[] {
  if (overdue === null) return []
  return [`${formatAssetPartition(asset, overdue.partition)} ${formatOverdue(overdue)}`]
}

function formatFailedPartitions(
  { failed_checks: failedPartitions }: ExplanationDocument,
  formatPath: FormatPath,
): readonly string[] {
  return failedPartitions.flatMap((partition) => formatFailedPartition(partition, formatPath))
}

function formatFreshState(
  document: ExplanationDocument,
  formatPath: FormatPath,
  style: TerminalStyle,
): readonly string[] {
  const { asset, failed_checks: failedPartitions } = document
  if (failedPartitions.length === 0)
    return [
      "Its code and inputs match the latest materialization.",
      ...formatRemovedFile(document.removed_file),
      ...formatPinnedFiles(document),
    ]
  const rows = failedPartitions
    .map((failed) => formatAssetPartition(failed.asset, failed.partition))
    .join(", ")
  const failureText = failedPartitions.some((failed) => failed.asset === asset)
    ? "it fails a check"
    : `it is blocked by ${rows}, which fails a check`
  const consequence = "its readers are not materialized and it is not published"
  return [
    paint(style, "bad", `But ${failureText}, so ${consequence}:`),
    ...formatFailedPartitions(document, formatPath),
  ]
}

function formatRemovedFile(file: string | null): readonly string[] {
  return file === null ? [] : [`${file} is no longer landed: the rows cannot be recomputed.`]
}

function formatPinnedFiles({ pinned_files: files }: ExplanationDocument): readonly string[] {
  if (files.length === 0) return []
  const verb = files.length === 1 ? "was" : "were"
  return [
    `It is pinned to copies of ${files.join(", ")}, which ${verb} overwritten or removed. --repin reads the present files.`,
  ]
}

function isBlocked(roots: readonly RootCauseDocument[]): boolean {
  return roots.every(({ blocker }) => blocker !== null)
}

function formatState({ status, failure }: ExplanationDocument): string {
  switch (status) {
    case "fresh":
      return "is up to date"
    case "missing":
      return "is missing"
    case "stale":
      return "is stale"
    case "failed":
      return failure?.outcome === "checks_failed" ? "failed a check" : "failed"
  }
}

/** Joins roots with the same partitions and reason: `follows, likes 2026-01-05: activity_log 2026-01-05 changed`. */
function formatRootCauses(roots: readonly RootCauseDocument[]): readonly string[] {
  const groups = groupBy(roots, formatRootCause)
  return [...groups].map(
    ([text, group]) => `  ${group.map(({ asset }) => asset).join(", ")}${text}`,
  )
}

function formatRootCause({ partitions_text: partitions, reason }: RootCauseDocument): string {
  return `${partitions === "" ? "" : ` ${partitions}`}: ${reason}`
}

function formatCausePath({ path }: ExplanationDocument, style: TerminalStyle): readonly string[] {
  if (path.length < 2) return []
  const stops = path.map(({ asset, partition }, index) => {
    const arrow = index === 0 ? "" : `${getSign(style, "arrow")} `
    return `  ${"  ".repeat(Math.min(index, 8))}${arrow}${formatAssetPartition(asset, partition)}`
  })
  return ["", paint(style, "strong", "Path"), ...stops]
}
