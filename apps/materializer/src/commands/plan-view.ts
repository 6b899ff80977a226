import {
  type Computation,
  type PartitionRange,
  type Plan,
  type ReasonGroup,
  assetNamed,
  facts,
  isInRanges,
  rangesWhere,
  reasonGroups,
  waitingOf,
} from "@freshet/core"

import { commonRanges, joinedRanges } from "../project/partition-ranges.ts"
import type { Planned, Project } from "../project/project.ts"
import { grouped } from "../render/grouped.ts"
import { withChangedInputs } from "./changed-inputs.ts"

/** A plan as it is shown: what is made for one reason stands together. */
export interface PlanView {
  readonly plan: Plan
  readonly groups: readonly ReasonGroup[]
  readonly waiting: readonly WaitingGroup[]
  /** Whether all that was asked for is fresh; a plan may mean only some of what is not. */
  readonly isUpToDate: boolean
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

/** A plan with the reasons for everything in it. */
export async function planView({ project, plan }: Planned): Promise<PlanView> {
  const groups = await withChangedInputs(project, reasonGroups(project.evaluation, plan))
  const waiting = waitingGroups(project, plan)
  return { plan, groups, waiting, isUpToDate: isUpToDate(project, plan) }
}

/** What is left of a plan that was performed: what waits. */
export function waitingView({ project, plan }: Planned): PlanView {
  const left = { ...plan, checks: [], work: [], publications: [] }
  const waiting = waitingGroups(project, plan)
  return { plan: left, groups: [], waiting, isUpToDate: isUpToDate(project, plan) }
}

function isUpToDate({ evaluation, graph }: Project, { targets }: Plan): boolean {
  return [...targets].every(([name, ranges]) => {
    const { computation } = assetNamed(graph, name)
    const open = rangesWhere(evaluation, computation, (bits) => (bits & facts.fresh) === 0)
    return commonRanges(ranges, open).length === 0
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
