import {
  countPartitions,
  countSteps,
  type FailedChecks,
  formatCauses,
  formatCount,
  formatPartitions,
  formatQuantity,
  type Graph,
  type PartitionRange,
  type Plan,
} from "@freshet/core/engine"
import {
  type BlockedGroup,
  type CostedGroup,
  isEmptyPlan,
  type PlanDetails,
  type SkippedGroup,
} from "@freshet/services"

import { type TerminalStyle, paint, getSign } from "../terminal/terminal-style.ts"
import { formatCost, formatPlanCost } from "./cost.ts"
import { formatSetPartition } from "./set-partition.ts"
import { type Cell, formatTable } from "./table.ts"

/** A plan as a person reads it: one line for what is made for one reason, then what is published and what waits. */
export function formatPlan(
  graph: Graph,
  view: PlanDetails,
  style: TerminalStyle,
): readonly string[] {
  const { plan } = view
  const excludedLines = [
    ...view.failedChecks.map((group) => formatFailedChecks(graph, group, style)),
    ...view.skipped.map((group) => formatSkippedWork(graph, group, style)),
  ]
  if (isEmptyPlan(plan)) return [...excludedLines, formatEmptyPlan(view)]
  const rows = [
    ...plan.checks.map(({ asset, ranges }) =>
      toRow(
        graph,
        { name: `check ${asset.name}`, asset: asset.name, ranges },
        "its checks changed",
      ),
    ),
    ...view.groups.map((group) => toGroupRow(graph, view, group, style)),
  ]
  const columns = [
    { header: "make" },
    { header: "", align: "right", drop: 1 } as const,
    { header: "partitions" },
    { header: "expected", drop: 2 },
    { header: "because", shrinks: true },
  ]
  return [
    ...formatTable(columns, rows, style),
    ...(rows.length > 0 ? [""] : []),
    ...formatPublications(plan, style),
    ...view.blocked.map((group) => formatBlockedWork(graph, group, style)),
    ...excludedLines,
    formatPlanSummary(view, style),
  ]
}

/** Where nothing at all is known of what things take, that is told once, at the end. */
function toGroupRow(
  graph: Graph,
  { cost: { estimate: totalCost } }: PlanDetails,
  { computation, ranges, status, cost }: CostedGroup,
  style: TerminalStyle,
): readonly Cell[] {
  const work = { name: computation.name, asset: computation.outputs[0]?.asset ?? "", ranges }
  const expected = totalCost === undefined ? "" : formatCost(cost, style)
  return toRow(graph, work, formatCauses(graph, status), expected)
}

function toRow(
  graph: Graph,
  work: {
    readonly name: string
    readonly asset: string
    readonly ranges: readonly PartitionRange[]
  },
  reason: string,
  expected = "",
): readonly Cell[] {
  return [
    work.name,
    formatQuantity(countPartitions(work.ranges), "partition"),
    formatPartitions(graph, work.asset, work.ranges),
    expected,
    { text: reason, tone: "faint" },
  ]
}

function formatEmptyPlan({ plan: { targets }, failedChecks, isUpToDate }: PlanDetails): string {
  if (targets.size === 0)
    return "Nothing to make: no asset is selected, or not everything that is read has landed yet."
  if (failedChecks.length > 0 && isUpToDate)
    return "Nothing is stale, but checks refuse rows that are there: mend what they come from, or the checks."
  return isUpToDate
    ? "Nothing is stale: everything asked for is up to date."
    : "Nothing that is asked for is in that state."
}

/** How much a plan is: `55 steps of 24 computations, 1 publication; ≈ 1.2 M rows, 38 MB, 40 s of work.` */
function formatPlanSummary({ plan, cost }: PlanDetails, style: TerminalStyle): string {
  const computations = countComputations(plan)
  const steps = `${formatQuantity(countSteps(plan), "step")} of ${formatQuantity(computations, "computation")}`
  const blockedCount = countBlockedPartitions(plan)
  const pieces = [
    ...(computations > 0 ? [steps] : []),
    ...(plan.publications.length > 0
      ? [formatQuantity(plan.publications.length, "publication")]
      : []),
    ...(blockedCount > 0 ? [`${formatCount(blockedCount)} waiting`] : []),
  ]
  const expected = formatPlanCost(cost, style)
  return `${pieces.join(", ")}${expected === undefined ? "" : `; ${expected}`}.`
}

/** The same in a line of a log: `58 steps of 19 computations; publishes stocktwits 2026-01-10`. */
export function formatPlanBriefly(plan: Plan): string {
  const blockedCount = countBlockedPartitions(plan)
  return [
    `${formatQuantity(countSteps(plan), "step")} of ${formatQuantity(countComputations(plan), "computation")}`,
    ...plan.publications.map(({ set, key }) => `publishes ${formatSetPartition(set, key)}`),
    ...(blockedCount > 0 ? [`${formatCount(blockedCount)} waiting`] : []),
  ].join("; ")
}

function countComputations({ checks, work }: Plan): number {
  return new Set([
    ...checks.map(({ asset }) => asset.computation.name),
    ...work.map(({ computation }) => computation.name),
  ]).size
}

function countBlockedPartitions({ blocked }: Plan): number {
  return blocked.reduce((sum, { ranges }) => sum + countPartitions(ranges), 0)
}

function formatPublications(plan: Plan, style: TerminalStyle): readonly string[] {
  return plan.publications.map(({ set, key, assets, published: previousPublication }) => {
    const currentText =
      previousPublication === undefined
        ? "first publication"
        : `shows ${previousPublication.partitionKey} now`
    return `${getSign(style, "arrow")} publish ${formatSetPartition(set, key)} (${formatQuantity(assets.length, "table")}; ${currentText})`
  })
}

function formatBlockedWork(
  graph: Graph,
  { computation, ranges, blocker }: BlockedGroup,
  style: TerminalStyle,
): string {
  const partitionTotal = countPartitions(ranges)
  const partitionName =
    partitionTotal === 1 ? formatPartitions(graph, computation.outputs[0]?.asset ?? "", ranges) : ""
  const partitions =
    partitionName === "" ? formatQuantity(partitionTotal, "partition") : partitionName
  const reason = blocker === undefined ? "blocked in more partitions" : `blocked by ${blocker}`
  const text = `${getSign(style, "missing")} ${computation.name} ${reason} (${partitions})`
  return paint(style, "stale", text)
}

/** What nobody goes on from: `✕ recs 2026-01-10 stands on likes 2026-01-09, which fails its checks`. */
function formatFailedChecks(
  graph: Graph,
  { asset, ranges, blocker }: FailedChecks,
  style: TerminalStyle,
): string {
  const name = `${asset} ${formatPartitions(graph, asset, ranges)}`.trim()
  const reason =
    blocker === undefined ? "fails its checks" : `stands on ${blocker}, which fails its checks`
  return paint(style, "bad", `${getSign(style, "failed")} ${name} ${reason}`)
}

/** What was asked for and is left alone: `= items 2026-01-02: up to date already`. */
function formatSkippedWork(
  graph: Graph,
  { asset, ranges, state }: SkippedGroup,
  style: TerminalStyle,
): string {
  const name = `${asset} ${formatPartitions(graph, asset, ranges)}`.trim()
  const reason = state === "fresh" ? "up to date already" : `${state}, which was not asked for`
  return paint(style, "faint", `${getSign(style, "same")} ${name}: ${reason}`)
}
