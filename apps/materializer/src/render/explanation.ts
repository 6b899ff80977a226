import {
  assetPartitionsText,
  formatCauses,
  formatPartitions,
  type Graph,
  type Status,
} from "@freshet/core/engine"
import {
  type CheckFailure,
  groupBy,
  type PartitionExplanation,
  type PathStop,
  type RootCause,
} from "@freshet/services"

import { type TerminalStyle, paint, getSign, stateTones } from "../terminal/terminal-style.ts"
import { formatCheckFailure } from "./check-failure-lines.ts"

/** What is known for mending: the command, and by asset what checks refused. */
export interface StalenessRemedy {
  readonly command: string
  readonly checkFailures: ReadonlyMap<string, CheckFailure>
}

/** Why a partition is as it is: where it begins, the way from there, and the command that mends it. */
export function formatExplanation(
  graph: Graph,
  explanation: PartitionExplanation,
  { command, checkFailures }: StalenessRemedy,
  style: TerminalStyle,
): readonly string[] {
  const { asset, partition, status, roots, path } = explanation
  const name = assetPartitionsText(graph, asset, [{ from: partition, to: partition }])
  const headline = `${paint(style, stateTones[status.kind], getSign(style, status.kind))} ${name} ${formatState(status)}.`
  if (status.kind === "fresh") return [headline, ...formatFreshState(asset, checkFailures, style)]
  return [
    headline,
    "",
    paint(style, "strong", roots.length === 1 ? "Root cause" : "Root causes"),
    ...formatRootCauses(graph, roots),
    ...[...checkFailures.values()].flatMap(formatCheckFailure).map((line) => `  ${line}`),
    ...formatPath(graph, path, style),
    "",
    paint(style, "strong", isBlocked(roots) ? "Once that is so" : "To mend it"),
    ...(checkFailures.size > 0 ? [correctionHint] : []),
    `  ${command}`,
  ]
}

const correctionHint = "  mend the query, its input or the check (else it is refused again), then"

function formatFreshState(
  asset: string,
  checkFailures: StalenessRemedy["checkFailures"],
  style: TerminalStyle,
): readonly string[] {
  if (checkFailures.size === 0)
    return [
      "What it would be made from now is exactly what its newest materialization was made from.",
    ]
  const rows = [...checkFailures].map(([name, { key }]) => `${name} ${key}`.trim()).join(", ")
  const failureText = checkFailures.has(asset)
    ? "it fails a check"
    : `it stands on ${rows}, which fails a check`
  return [
    paint(
      style,
      "bad",
      `But ${failureText}, so nothing that reads it is made, and it is not published:`,
    ),
    ...[...checkFailures.values()].flatMap(formatCheckFailure),
  ]
}

function isBlocked(roots: readonly RootCause[]): boolean {
  return roots.every(({ status }) => status.kind !== "fresh" && status.blocker !== undefined)
}

function formatState(status: Status): string {
  switch (status.kind) {
    case "fresh":
      return "is up to date"
    case "missing":
      return "was never made"
    case "stale":
      return "is stale"
    case "failed":
      return status.failure.outcome === "checks_failed" ? "was refused by a check" : "failed"
  }
}

/** Roots that share days and reason are told together: `follows, likes 2026-01-05: activity_log 2026-01-05 changed`. */
function formatRootCauses(graph: Graph, roots: readonly RootCause[]): readonly string[] {
  const groups = groupBy(roots, (root) => formatRootCause(graph, root))
  return [...groups].map(
    ([text, group]) => `  ${group.map(({ asset }) => asset).join(", ")} ${text}`,
  )
}

/** A root cause without its asset's name: `2026-01-05: activity_log 2026-01-05 changed`. */
export function formatRootCause(graph: Graph, root: RootCause): string {
  const { asset, partitions, status, causes } = root
  const reason = formatCauses(graph, status.kind === "stale" ? { ...status, causes } : status)
  return `${formatPartitions(graph, asset, partitions)}: ${reason}`
}

function formatPath(
  graph: Graph,
  path: readonly PathStop[],
  style: TerminalStyle,
): readonly string[] {
  if (path.length < 2) return []
  const stops = path.map(({ asset, partition }, index) => {
    const arrow = index === 0 ? "" : `${getSign(style, "arrow")} `
    return `  ${"  ".repeat(Math.min(index, 8))}${arrow}${assetPartitionsText(graph, asset, [{ from: partition, to: partition }])}`
  })
  return ["", paint(style, "strong", "Path"), ...stops]
}
