import {
  type Computation,
  type PartitionRange,
  type Plan,
  type ReasonGroup,
  type StateKind,
  factsAt,
  isInRanges,
  partitionsIn,
  rangesOf,
  reasonGroups,
  stateKind,
  waitingOf,
} from "@freshet/core"

import { type Cost, costOf, type PlanCost, totalCost } from "../project/cost.ts"
import type { Planned, Project } from "../project/project.ts"
import { joinedRanges, rangesWithout } from "../render/partition-words.ts"
import { withChangedInputs } from "./changed-inputs.ts"

/** A plan as it is shown: what is made for one reason stands together. */
export interface PlanView {
  readonly plan: Plan
  readonly groups: readonly CostedGroup[]
  readonly cost: PlanCost
  readonly waiting: readonly WaitingGroup[]
  /** What was asked for and is no part of the plan; empty unless it is to be told. */
  readonly skipped: readonly SkippedGroup[]
}

/** What is made for one reason, and what that will take. */
export interface CostedGroup extends ReasonGroup {
  /** Undefined where nothing was made yet. */
  readonly cost: Cost | undefined
}

/** Partitions that were asked for and that a plan leaves alone, since they are in this state. */
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

/** Of so many partitions of a computation it is found out what each waits for. */
const mostLookedInto = 1000

/** A plan with the reasons for everything in it, what that will take and, if asked, what it leaves alone. */
export async function planView(
  { project, plan }: Planned,
  { tellsSkipped = false }: { readonly tellsSkipped?: boolean } = {},
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
    skipped: tellsSkipped ? skippedGroups(project, plan) : [],
  }
}

/** What is left of a plan that was performed: what waits. */
export function waitingView({ project, plan }: Planned): PlanView {
  const left = { ...plan, checks: [], work: [], publications: [] }
  const waiting = waitingGroups(project, plan)
  return { plan: left, groups: [], cost: totalCost([]), waiting, skipped: [] }
}

/** Of what was asked for, the partitions that the plan does nothing about, by their state. */
function skippedGroups({ evaluation, graph }: Project, plan: Plan): readonly SkippedGroup[] {
  return [...plan.targets].flatMap(([name, asked]) => {
    const asset = graph.assets.get(name)
    if (asset?.kind !== "asset") return []
    const busy = [...plan.work, ...plan.waiting].flatMap(({ computation, ranges }) =>
      computation === asset.computation ? ranges : [],
    )
    const checked = plan.checks.flatMap((each) => (each.asset === asset ? each.ranges : []))
    const left = rangesWithout(asked, joinedRanges([...busy, ...checked]))
    const byState = new Map<StateKind, number[]>()
    for (const index of partitionsIn(left)) {
      const state = stateKind(factsAt(evaluation, asset.computation, index))
      const known = byState.get(state)
      if (known === undefined) byState.set(state, [index])
      else known.push(index)
    }
    return [...byState].map(([state, indexes]) => ({
      asset: name,
      ranges: rangesOf(indexes),
      state,
    }))
  })
}

/** What waits, by what it waits for. */
export function waitingGroups({ evaluation }: Project, plan: Plan): readonly WaitingGroup[] {
  const groups = new Map<
    string,
    { computation: Computation; waitsFor: string; ranges: PartitionRange[] }
  >()
  const ends = new Map<string, number>() // computation → the last partition that was looked into
  for (const { computation, range, waitsFor } of waitingOf(evaluation, plan, mostLookedInto)) {
    const key = `${computation.name} ${waitsFor}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { computation, waitsFor, ranges: [range] })
    else known.ranges.push(range)
    ends.set(computation.name, range.to)
  }
  const others = plan.waiting.flatMap(({ computation, ranges }) => {
    const left = rangesAfter(ranges, ends.get(computation.name) ?? -Infinity)
    return left.length === 0 ? [] : [{ computation, ranges: left, waitsFor: undefined }]
  })
  return [...groups.values(), ...others]
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
