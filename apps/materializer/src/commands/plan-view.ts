import {
  type Computation,
  type PartitionRange,
  type Plan,
  type ReasonGroup,
  type Refused,
  type StateKind,
  assetNamed,
  facts,
  factsAt,
  isInRanges,
  joinedRanges,
  rangesWhere,
  reasonGroups,
  refusedAmong,
  stateKind,
  waitingOf,
} from "@freshet/core"

import { type Cost, costOf, type PlanCost, totalCost } from "../project/cost.ts"
import { rangesAmong } from "../project/partition-ranges.ts"
import { commonRanges, rangesWithout } from "../project/partition-ranges.ts"
import type { Planned, Project } from "../project/project.ts"
import { grouped } from "../render/grouped.ts"
import { withChangedInputs } from "./changed-inputs.ts"

/** A plan as it is shown: what is made for one reason stands together. */
export interface PlanView {
  readonly plan: Plan
  readonly groups: readonly CostedGroup[]
  readonly cost: PlanCost
  readonly waiting: readonly WaitingGroup[]
  /** What was named and is no part of the plan. */
  readonly skipped: readonly SkippedGroup[]
  /** What was asked for, is fresh, and is refused by a check or stands on rows that are. */
  readonly refused: readonly Refused[]
  /** Whether all that was asked for is fresh; a plan may mean only some of what is not. */
  readonly isUpToDate: boolean
}

/** What is made for one reason, and what that will take. */
export interface CostedGroup extends ReasonGroup {
  /** Undefined where nothing was made yet. */
  readonly cost: Cost | undefined
}

/** Partitions that were named and that a plan leaves alone, since they are in this state. */
export interface SkippedGroup {
  readonly asset: string
  readonly ranges: readonly PartitionRange[]
  readonly state: StateKind
}

/** Partitions of one computation that wait for the same; for what, is not looked into where there are very many. */
export interface WaitingGroup {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
  readonly waitsFor: string | undefined
}

/** Of so many partitions of a computation it is found out what each waits for, and so many reasons are told. */
const mostLookedInto = 100
const mostReasons = 8

/** A plan with the reasons for everything in it, what that will take and what it leaves alone of what was named. */
export async function planView(
  { project, plan }: Planned,
  named: Plan["targets"] = new Map(),
): Promise<PlanView> {
  const reasons = await withChangedInputs(project, reasonGroups(project.evaluation, plan))
  const names = plan.work.map(({ computation }) => computation.name)
  const predictions = await project.history.predictions(names)
  const groups = reasons.map((group) => ({
    ...group,
    cost: costOf(predictions.get(group.computation.name), group.ranges),
  }))
  return {
    plan,
    groups,
    cost: totalCost(groups),
    waiting: waitingGroups(project, plan),
    skipped: skippedGroups(project, plan, named),
    refused: refusedAmong(project.evaluation, plan.targets),
    isUpToDate: isUpToDate(project, plan),
  }
}

/** What is left of a plan that was performed: what waits, and what is refused. */
export function waitingView({ project, plan }: Planned): PlanView {
  const left = { ...plan, checks: [], work: [], publications: [] }
  const waiting = waitingGroups(project, plan)
  const empty = { groups: [], cost: totalCost([]), skipped: [] }
  const refused = refusedAmong(project.evaluation, plan.targets)
  return { plan: left, ...empty, waiting, refused, isUpToDate: isUpToDate(project, plan) }
}

function isUpToDate({ evaluation, graph }: Project, { targets }: Plan): boolean {
  return [...targets].every(([name, ranges]) => {
    const { computation } = assetNamed(graph, name)
    return (
      rangesAmong(ranges, (at) => (factsAt(evaluation, computation, at) & facts.fresh) === 0)
        .length === 0
    )
  })
}

/** Of what was named, the partitions that the plan does nothing about, by their state. */
function skippedGroups(
  { evaluation, graph }: Project,
  plan: Plan,
  named: Plan["targets"],
): readonly SkippedGroup[] {
  return [...named].flatMap(([name, asked]) => {
    const asset = graph.assets.get(name)
    if (asset?.kind !== "asset") return []
    const busy = [...plan.work, ...plan.waiting].flatMap(({ computation, ranges }) =>
      computation === asset.computation ? ranges : [],
    )
    const checked = plan.checks.flatMap((each) => (each.asset === asset ? each.ranges : []))
    const left = rangesWithout(joinedRanges(asked), joinedRanges([...busy, ...checked]))
    return (["fresh", "stale", "missing", "failed"] as const).flatMap((state) => {
      const inState = rangesWhere(
        evaluation,
        asset.computation,
        (bits) => stateKind(bits) === state,
      )
      const ranges = commonRanges(left, inState)
      return ranges.length === 0 ? [] : [{ asset: name, ranges, state }]
    })
  })
}

/** What waits, by what it waits for. */
export function waitingGroups({ evaluation }: Project, plan: Plan): readonly WaitingGroup[] {
  const found = grouped(
    waitingOf(evaluation, plan, mostLookedInto),
    ({ computation }) => computation.name,
  )
  return plan.waiting.flatMap(({ computation, ranges }) => {
    const looked = found.get(computation.name) ?? []
    const reasons = [...grouped(looked, ({ waitsFor }) => waitsFor)]
    const told = reasons.slice(0, mostReasons).map(([waitsFor, each]) => {
      return { computation, waitsFor, ranges: each.map(({ range }) => range) }
    })
    const untold = reasons.slice(mostReasons).flatMap(([, each]) => each.map(({ range }) => range))
    const left = [...untold, ...rangesAfter(ranges, looked.at(-1)?.range.to ?? -Infinity)]
    if (left.length === 0) return told
    return [...told, { computation, waitsFor: undefined, ranges: joinedRanges(left) }]
  })
}

function rangesAfter(ranges: readonly PartitionRange[], end: number): readonly PartitionRange[] {
  return ranges.flatMap(({ from, to }) =>
    to <= end ? [] : [{ from: Math.max(from, end + 1), to }],
  )
}

/** Whether a plan makes one partition of a computation. */
export function isPlanned({ work }: Plan, computation: Computation, index: number): boolean {
  const found = work.find((each) => each.computation.name === computation.name)
  return found !== undefined && isInRanges(found.ranges, index)
}
