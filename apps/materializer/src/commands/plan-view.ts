import {
  type Computation,
  type PartitionRange,
  type Plan,
  type ReasonGroup,
  isInRanges,
  reasonGroups,
  waitingOf,
} from "@freshet/core"

import type { Planned, Project } from "../project/project.ts"
import { withChangedInputs } from "./changed-inputs.ts"

/** A plan as it is shown: what is made for one reason stands together. */
export interface PlanView {
  readonly plan: Plan
  readonly groups: readonly ReasonGroup[]
  readonly waiting: readonly WaitingGroup[]
}

/** Partitions of one computation that wait for the same; for what, is not looked into where there are very many. */
export interface WaitingGroup {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
  readonly waitsFor: string | undefined
}

/** Of so many partitions of a computation it is found out what each waits for. */
const mostLookedInto = 1000

/** A plan with the reasons for everything in it. */
export async function planView({ project, plan }: Planned): Promise<PlanView> {
  const groups = await withChangedInputs(project, reasonGroups(project.evaluation, plan))
  return { plan, groups, waiting: waitingGroups(project, plan) }
}

/** What is left of a plan that was performed: what waits. */
export function waitingView({ project, plan }: Planned): PlanView {
  const left = { ...plan, checks: [], work: [], publications: [] }
  return { plan: left, groups: [], waiting: waitingGroups(project, plan) }
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
