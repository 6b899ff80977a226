import {
  type Cause,
  type ChangedInput,
  type Graph,
  type MaterializeStep,
  type Plan,
  type Step,
  partitionsText,
  stepReason,
} from "@freshet/core"

import { count, counted } from "./amount.ts"
import { causesText } from "./causes.ts"
import { grouped } from "./grouped.ts"
import { type Look, paint, sign } from "./look.ts"
import { setPartition } from "./set-partition.ts"
import { type Cell, table } from "./table.ts"

/** Steps of one computation that are there for the same reason. */
interface StepGroup {
  readonly computation: string
  readonly partitions: readonly number[]
  readonly reason: string
}

/** A plan as a person reads it: one line for what is made for one reason, then what is published and what waits. */
export function planLines(graph: Graph, plan: Plan, look: Look): readonly string[] {
  if (isEmpty(plan)) return [emptySentence(plan)]
  const rows = stepGroups(graph, plan.steps).map((group): readonly Cell[] => [
    group.computation,
    counted(group.partitions.length, "partition"),
    partitionsText(graph, outputOf(graph, group.computation), group.partitions),
    { text: group.reason, tone: "faint" },
  ])
  const columns = [
    { header: "make" },
    { header: "", align: "right", drop: 1 } as const,
    { header: "partitions" },
    { header: "because", shrinks: true },
  ]
  return [
    ...table(columns, rows, look),
    ...(rows.length > 0 ? [""] : []),
    ...publicationLines(plan, look),
    ...waitingLines(plan, look),
    planSentence(plan),
  ]
}

function emptySentence({ targets }: Plan): string {
  return targets.size === 0
    ? "Nothing to make yet: not everything that is read has landed."
    : "Nothing is stale: everything asked for is up to date."
}

export function isEmpty(plan: Plan): boolean {
  return plan.steps.length === 0 && plan.publications.length === 0 && plan.waiting.length === 0
}

/** How much a plan is: `55 steps of 24 computations, 1 publication.` */
function planSentence(plan: Plan): string {
  const computations = new Set(plan.steps.map(computationOf)).size
  const steps = `${counted(plan.steps.length, "step")} of ${counted(computations, "computation")}`
  const pieces = [
    ...(computations > 0 ? [steps] : []),
    ...(plan.publications.length > 0 ? [counted(plan.publications.length, "publication")] : []),
    ...(plan.waiting.length > 0 ? [`${count(plan.waiting.length)} waiting`] : []),
  ]
  return `${pieces.join(", ")}.`
}

/** The same in a line of a log: `58 steps of 19 computations; publishes stocktwits 2026-01-10`. */
export function planWords({ steps, publications, waiting }: Plan): string {
  const computations = new Set(steps.map(computationOf)).size
  return [
    `${counted(steps.length, "step")} of ${counted(computations, "computation")}`,
    ...publications.map(({ set, key }) => `publishes ${setPartition(set, key)}`),
    ...(waiting.length > 0 ? [`${count(waiting.length)} waiting`] : []),
  ].join("; ")
}

function computationOf(step: Step): string {
  return step.kind === "check" ? step.asset.computation.name : step.computation.name
}

function outputOf(graph: Graph, name: string): string {
  const bare = name.replace(/^check /, "")
  return graph.computations.find((each) => each.name === bare)?.outputs[0]?.asset ?? bare
}

function stepGroups(graph: Graph, steps: readonly Step[]): readonly StepGroup[] {
  const byName = new Map<string, Step[]>()
  for (const step of steps) {
    const name = step.kind === "check" ? `check ${step.asset.name}` : step.computation.name
    byName.set(name, [...(byName.get(name) ?? []), step])
  }
  return [...byName].flatMap(([computation, own]) =>
    [...grouped(own, (step) => kindOfReason(graph, step)).values()].map((group) => ({
      computation,
      partitions: group.map(({ partition }) => partition),
      reason: commonReason(graph, group),
    })),
  )
}

/** Reasons that differ only in the partitions that they name count as one. */
function kindOfReason(graph: Graph, step: Step): string {
  if (step.kind === "check" || step.status.kind !== "stale" || step.status.waitsFor !== undefined)
    return stepReason(graph, step)
  return step.status.causes
    .map((cause) => (cause.kind === "upstream" ? cause.asset : cause.kind))
    .join()
}

function commonReason(graph: Graph, steps: readonly Step[]): string {
  const [first] = steps
  if (first === undefined) return ""
  const causes = steps.flatMap((step) =>
    step.kind === "materialize" && step.status.kind === "stale" ? step.status.causes : [],
  )
  if (first.kind === "check" || causes.length === 0) return stepReason(graph, first)
  const status: MaterializeStep["status"] = {
    kind: "stale",
    waitsFor: first.status.waitsFor,
    causes: mergedCauses(causes),
  }
  return causesText(graph, status)
}

function mergedCauses(causes: readonly Cause[]): readonly Cause[] {
  const code = causes.filter(({ kind }) => kind === "code").slice(0, 1)
  const inputs = causes.filter((cause) => cause.kind === "input")
  const changed = mergedPartitions(inputs.flatMap((cause) => cause.changed))
  const upstream = mergedPartitions(causes.filter((cause) => cause.kind === "upstream"))
  return [
    ...code,
    ...(inputs.length > 0 ? [{ kind: "input" as const, changed }] : []),
    ...upstream.map((each) => ({ kind: "upstream" as const, ...each })),
  ]
}

function mergedPartitions(named: readonly ChangedInput[]): readonly ChangedInput[] {
  return [...grouped(named, ({ asset }) => asset)].map(([asset, group]) => {
    const partitions = new Set(group.flatMap((each) => each.partitions))
    return { asset, partitions: [...partitions].toSorted((a, b) => a - b) }
  })
}

function publicationLines(plan: Plan, look: Look): readonly string[] {
  return plan.publications.map(({ set, key, assets, before }) => {
    const shows = before === undefined ? "first publication" : `shows ${before.partitionKey} now`
    return `${sign(look, "arrow")} publish ${setPartition(set, key)} (${counted(assets.length, "table")}; ${shows})`
  })
}

function waitingLines(plan: Plan, look: Look): readonly string[] {
  const byReason = grouped(
    plan.waiting,
    ({ computation, waitsFor }) => `${computation} waits for ${waitsFor}`,
  )
  return [...byReason].map(([text, waiting]) => {
    const keys = waiting.length === 1 ? waiting[0]?.key : counted(waiting.length, "partition")
    return paint(look, "stale", `${sign(look, "missing")} ${text} (${keys ?? ""})`)
  })
}
