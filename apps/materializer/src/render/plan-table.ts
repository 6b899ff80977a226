import {
  type Graph,
  type PartitionRange,
  type Plan,
  type Refused,
  partitionCount,
  partitionsText,
  stepCount,
} from "@freshet/core"

import type { CostedGroup, PlanView, SkippedGroup, WaitingGroup } from "../commands/plan-view.ts"
import { isEmpty } from "../project/empty-plan.ts"
import { count, counted } from "./amount.ts"
import { causesText } from "./causes.ts"
import { costText, planCostText } from "./cost-text.ts"
import { type Look, paint, sign } from "./look.ts"
import { setPartition } from "./set-partition.ts"
import { type Cell, table } from "./table.ts"

/** A plan as a person reads it: one line for what is made for one reason, then what is published and what waits. */
export function planLines(graph: Graph, view: PlanView, look: Look): readonly string[] {
  const { plan } = view
  const skipped = [
    ...view.refused.map((group) => refusedLine(graph, group, look)),
    ...view.skipped.map((group) => skippedLine(graph, group, look)),
  ]
  if (isEmpty(plan)) return [...skipped, emptySentence(view)]
  const rows = [
    ...plan.checks.map(({ asset, ranges }) =>
      row(graph, { name: `check ${asset.name}`, asset: asset.name, ranges }, "its checks changed"),
    ),
    ...view.groups.map((group) => groupRow(graph, view, group, look)),
  ]
  const columns = [
    { header: "make" },
    { header: "", align: "right", drop: 1 } as const,
    { header: "partitions" },
    { header: "expected", drop: 2 },
    { header: "because", shrinks: true },
  ]
  return [
    ...table(columns, rows, look),
    ...(rows.length > 0 ? [""] : []),
    ...publicationLines(plan, look),
    ...view.waiting.map((group) => waitingLine(graph, group, look)),
    ...skipped,
    planSentence(view, look),
  ]
}

/** Where nothing at all is known of what things take, that is told once, at the end. */
function groupRow(
  graph: Graph,
  { cost: { known } }: PlanView,
  { computation, ranges, status, cost }: CostedGroup,
  look: Look,
): readonly Cell[] {
  const made = { name: computation.name, asset: computation.outputs[0]?.asset ?? "", ranges }
  const expected = known === undefined ? "" : costText(cost, look)
  return row(graph, made, causesText(graph, status), expected)
}

function row(
  graph: Graph,
  made: {
    readonly name: string
    readonly asset: string
    readonly ranges: readonly PartitionRange[]
  },
  reason: string,
  expected = "",
): readonly Cell[] {
  return [
    made.name,
    counted(partitionCount(made.ranges), "partition"),
    partitionsText(graph, made.asset, made.ranges),
    expected,
    { text: reason, tone: "faint" },
  ]
}

function emptySentence({ plan: { targets }, refused, isUpToDate }: PlanView): string {
  if (targets.size === 0)
    return "Nothing to make: no asset is selected, or not everything that is read has landed yet."
  if (refused.length > 0 && isUpToDate)
    return "Nothing is stale, but checks refuse rows that are there: mend what they come from, or the checks."
  return isUpToDate
    ? "Nothing is stale: everything asked for is up to date."
    : "Nothing that is asked for is in that state."
}

/** How much a plan is: `55 steps of 24 computations, 1 publication; ≈ 1.2 M rows, 38 MB, 40 s of work.` */
function planSentence({ plan, cost }: PlanView, look: Look): string {
  const computations = computationCount(plan)
  const steps = `${counted(stepCount(plan), "step")} of ${counted(computations, "computation")}`
  const waiting = waitingCount(plan)
  const pieces = [
    ...(computations > 0 ? [steps] : []),
    ...(plan.publications.length > 0 ? [counted(plan.publications.length, "publication")] : []),
    ...(waiting > 0 ? [`${count(waiting)} waiting`] : []),
  ]
  const expected = planCostText(cost, look)
  return `${pieces.join(", ")}${expected === undefined ? "" : `; ${expected}`}.`
}

/** The same in a line of a log: `58 steps of 19 computations; publishes stocktwits 2026-01-10`. */
export function planWords(plan: Plan): string {
  const waiting = waitingCount(plan)
  return [
    `${counted(stepCount(plan), "step")} of ${counted(computationCount(plan), "computation")}`,
    ...plan.publications.map(({ set, key }) => `publishes ${setPartition(set, key)}`),
    ...(waiting > 0 ? [`${count(waiting)} waiting`] : []),
  ].join("; ")
}

function computationCount({ checks, work }: Plan): number {
  return new Set([
    ...checks.map(({ asset }) => asset.computation.name),
    ...work.map(({ computation }) => computation.name),
  ]).size
}

function waitingCount({ waiting }: Plan): number {
  return waiting.reduce((sum, { ranges }) => sum + partitionCount(ranges), 0)
}

function publicationLines(plan: Plan, look: Look): readonly string[] {
  return plan.publications.map(({ set, key, assets, before }) => {
    const shows = before === undefined ? "first publication" : `shows ${before.partitionKey} now`
    return `${sign(look, "arrow")} publish ${setPartition(set, key)} (${counted(assets.length, "table")}; ${shows})`
  })
}

function waitingLine(
  graph: Graph,
  { computation, ranges, waitsFor }: WaitingGroup,
  look: Look,
): string {
  const many = partitionCount(ranges)
  const only = many === 1 ? partitionsText(graph, computation.outputs[0]?.asset ?? "", ranges) : ""
  const partitions = only === "" ? counted(many, "partition") : only
  const reason =
    waitsFor === undefined ? "waits as well, in more partitions" : `waits for ${waitsFor}`
  const text = `${sign(look, "missing")} ${computation.name} ${reason} (${partitions})`
  return paint(look, "stale", text)
}

/** What nobody goes on from: `✕ recs 2026-01-10 stands on likes 2026-01-09, which fails its checks`. */
function refusedLine(graph: Graph, { asset, ranges, standsOn }: Refused, look: Look): string {
  const name = `${asset} ${partitionsText(graph, asset, ranges)}`.trim()
  const why =
    standsOn === undefined ? "fails its checks" : `stands on ${standsOn}, which fails its checks`
  return paint(look, "bad", `${sign(look, "failed")} ${name} ${why}`)
}

/** What was asked for and is left alone: `= items 2026-01-02: up to date already`. */
function skippedLine(graph: Graph, { asset, ranges, state }: SkippedGroup, look: Look): string {
  const name = `${asset} ${partitionsText(graph, asset, ranges)}`.trim()
  const why = state === "fresh" ? "up to date already" : `${state}, which was not asked for`
  return paint(look, "faint", `${sign(look, "same")} ${name}: ${why}`)
}
