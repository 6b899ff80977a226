import { formatCount, formatQuantity, groupBy } from "@freshet/core/engine"
import type {
  BlockedDocument,
  FailingDocument,
  PlanDocument,
  PlannedPublicationDocument,
  PlanStepDocument,
  SkippedDocument,
} from "@freshet/services"

import { getSign, paint, type TerminalStyle } from "../terminal/terminal-style.ts"
import { formatCost, formatPlanCost } from "./cost.ts"
import { formatSetPartition } from "./set-partition.ts"
import { type Cell, formatTable } from "./table.ts"
import { formatWaitingSet } from "./waiting-set.ts"

/** Formats a plan: a table row for each computation and reason, then publications, blocked partitions and a summary. */
export function formatPlan(plan: PlanDocument, style: TerminalStyle): readonly string[] {
  const excludedLines = [
    ...plan.failed_checks.map((group) => formatFailing(group, style)),
    ...plan.skipped.map((group) => formatSkipped(group, style)),
  ]
  const notLandedLines = formatNotLanded(plan, style)
  const waitingLines = plan.waiting_sets.flatMap(formatWaitingSet)
  if (plan.steps.length + plan.publications.length + plan.blocked.length === 0)
    return [...excludedLines, ...notLandedLines, formatEmptyPlan(plan), ...waitingLines]
  const rows = plan.steps.map((step) => toRow(step, plan.predicted !== null, style))
  return [
    ...formatTable(columns, rows, style),
    ...(rows.length > 0 ? [""] : []),
    ...plan.publications.map((publication) => formatPublication(publication, style)),
    ...plan.blocked.map((group) => formatBlocked(group, style)),
    ...excludedLines,
    ...notLandedLines,
    ...waitingLines,
    formatPlanSummary(plan, style),
  ]
}

const columns = [
  { header: "step" },
  { header: "", align: "right", drop: 1 } as const,
  { header: "partitions" },
  { header: "predicted", drop: 2 },
  { header: "reason", shrinks: true },
]

/** Leaves the cost empty where no computation of the plan has a history; the summary says so once. */
function toRow(step: PlanStepDocument, hasCosts: boolean, style: TerminalStyle): readonly Cell[] {
  const isCheck = step.kind === "check"
  return [
    isCheck ? `check ${step.asset}` : step.computation,
    formatQuantity(step.count, "partition"),
    step.partitions_text,
    isCheck || !hasCosts ? "" : formatCost(step.predicted, style),
    { text: step.reason, tone: "faint" },
  ]
}

function formatEmptyPlan(plan: PlanDocument): string {
  if (plan.is_blocked) return "Nothing to materialize: the requested partitions are blocked."
  if (plan.targets.length === 0)
    return "Nothing to materialize: no asset is selected, or not all of its inputs have landed."
  if (plan.failed_checks.length > 0 && plan.is_up_to_date)
    return "Nothing is stale, but rows fail checks: fix their inputs or the checks."
  return plan.is_up_to_date
    ? "Nothing is stale: all requested partitions are fresh."
    : "No requested partition is in that state."
}

/** Formats the size of a plan: `55 steps of 24 computations, 1 publication; ≈ 1.2 M rows, 38 MB, 40 s of work.` */
function formatPlanSummary(plan: PlanDocument, style: TerminalStyle): string {
  const blockedCount = countBlocked(plan)
  const pieces = [
    ...(plan.steps.length > 0 ? [formatSteps(plan)] : []),
    ...(plan.publications.length > 0
      ? [formatQuantity(plan.publications.length, "publication")]
      : []),
    ...(blockedCount > 0 ? [`${formatCount(blockedCount)} blocked`] : []),
  ]
  const cost = formatPlanCost(plan, style)
  return `${pieces.join(", ")}${cost === undefined ? "" : `; ${cost}`}.`
}

/** Formats a plan on one line of a log: `58 steps of 19 computations; publishes stocktwits 2026-01-10`. */
export function formatPlanBriefly(plan: PlanDocument): string {
  const blockedCount = countBlocked(plan)
  return [
    formatSteps(plan),
    ...plan.publications.map(
      ({ set, partition }) => `publishes ${formatSetPartition(set, partition)}`,
    ),
    ...(blockedCount > 0 ? [`${formatCount(blockedCount)} blocked`] : []),
  ].join("; ")
}

function formatSteps({ steps, step_count: count }: PlanDocument): string {
  const computations = new Set(steps.map(({ computation }) => computation))
  return `${formatQuantity(count, "step")} of ${formatQuantity(computations.size, "computation")}`
}

function countBlocked({ blocked }: PlanDocument): number {
  return blocked.reduce((sum, { count }) => sum + count, 0)
}

function formatPublication(
  { set, partition, assets, published, withdrawn }: PlannedPublicationDocument,
  style: TerminalStyle,
): string {
  const suffix =
    published !== null && withdrawn.includes(published) ? ", which no longer exists" : ""
  const currentText = published === null ? "first publication" : `now ${published}${suffix}`
  return `${getSign(style, "arrow")} publish ${formatSetPartition(set, partition)} (${formatQuantity(assets.length, "table")}; ${currentText})`
}

function formatBlocked(
  { computation, partitions_text: text, count, reason }: BlockedDocument,
  style: TerminalStyle,
): string {
  const partitions = count === 1 ? text : formatQuantity(count, "partition")
  const name = `${computation} ${partitions}`.trim()
  return paint(style, "stale", `${getSign(style, "missing")} ${name}: ${reason}`)
}

/** Formats assets and partitions that do not exist yet: `○ films, casts: waits for movies/credits.csv (credits_file)`. */
function formatNotLanded({ not_landed: waiting }: PlanDocument, style: TerminalStyle): string[] {
  const groups = [...groupBy(waiting, ({ reason }) => reason)]
  const lines = groups.slice(0, maxListedGroups).map(([reason, group]) => {
    const names = group.map(({ asset, partitions_text: text }) => `${asset} ${text}`.trim())
    return `${formatNames(names)}: ${reason}`
  })
  const omitted = groups.slice(maxListedGroups).flatMap(([, group]) => group)
  const [firstOmitted] = omitted
  if (firstOmitted !== undefined)
    lines.push(
      `${formatQuantity(omitted.length, "more asset")} blocked by files that have not landed: \`freshet why ${firstOmitted.asset}\` names them`,
    )
  return lines.map((line) => paint(style, "stale", `${getSign(style, "missing")} ${line}`))
}

/** The number of lines for assets that wait for different files. */
const maxListedGroups = 2

/** The number of assets that are written out in one line. */
const maxListedNames = 4

function formatNames(names: readonly string[]): string {
  const omittedCount = names.length - maxListedNames
  return omittedCount < 2
    ? names.join(", ")
    : `${names.slice(0, maxListedNames).join(", ")} and ${formatCount(omittedCount)} more`
}

/** Formats rows that fail a check: `✕ recs 2026-01-10: blocked by failed checks of likes 2026-01-09`. */
function formatFailing(
  { asset, partitions_text: text, blocker }: FailingDocument,
  style: TerminalStyle,
): string {
  const reason = blocker === null ? "checks failed" : `blocked by failed checks of ${blocker}`
  const name = `${asset} ${text}`.trim()
  return paint(style, "bad", `${getSign(style, "failed")} ${name}: ${reason}`)
}

/** Formats requested partitions that the plan leaves out: `= items 2026-01-02: fresh`. */
function formatSkipped(
  { asset, partitions_text: text, status }: SkippedDocument,
  style: TerminalStyle,
): string {
  const reason = status === "fresh" ? "fresh" : `${status}, excluded by --only`
  const name = `${asset} ${text}`.trim()
  return paint(style, "faint", `${getSign(style, "same")} ${name}: ${reason}`)
}
