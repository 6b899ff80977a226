import {
  type Computation,
  type FailedChecks,
  filterRanges,
  findFailedChecks,
  getAsset,
  groupByReason,
  intersectRangeLists,
  isInRanges,
  joinRanges,
  listBlockedWork,
  listRangesWhere,
  type PartitionRange,
  type Plan,
  type ReasonGroup,
  stateFlags,
  stateFlagsAt,
  type StateKind,
  subtractRanges,
  toStateKind,
} from "@freshet/core/engine"

import { groupBy } from "../group-by.ts"
import type { ProjectPlan, Project } from "../project.ts"
import { addChangedInputs } from "./changed-inputs.ts"
import { type Cost, estimateCost, type PlanCost, sumCosts } from "./cost.ts"

/** A plan as it is shown: what is made for one reason stands together. */
export interface PlanDetails {
  readonly plan: Plan
  readonly groups: readonly CostedGroup[]
  readonly cost: PlanCost
  readonly blocked: readonly BlockedGroup[]
  /** What was named and is no part of the plan. */
  readonly skipped: readonly SkippedGroup[]
  /** What was asked for, is fresh, and is refused by a check or stands on rows that are. */
  readonly failedChecks: readonly FailedChecks[]
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
export interface BlockedGroup {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
  readonly blocker: string | undefined
}

/** Of so many partitions of a computation it is found out what each waits for, and so many reasons are told. */
const maxInspectedPartitions = 100
const maxBlockers = 8

/** A plan with the reasons for everything in it, what that will take and what it leaves alone of what was named. */
export async function readPlanDetails(
  { project, plan }: ProjectPlan,
  namedTargets: Plan["targets"] = new Map(),
): Promise<PlanDetails> {
  const reasons = await addChangedInputs(project, groupByReason(project.evaluation, plan))
  const names = plan.work.map(({ computation }) => computation.name)
  const predictions = await project.ledger.readPredictions(names)
  const groups = reasons.map((group) => ({
    ...group,
    cost: estimateCost(predictions.get(group.computation.name), group.ranges),
  }))
  return {
    plan,
    groups,
    cost: sumCosts(groups),
    blocked: groupBlockedWork(project, plan),
    skipped: listSkippedGroups(project, plan, namedTargets),
    failedChecks: findFailedChecks(project.evaluation, plan.targets),
    isUpToDate: isUpToDate(project, plan),
  }
}

/** What is left of a plan that was performed: what waits, and what is refused. */
export function getRemainingDetails({ project, plan }: ProjectPlan): PlanDetails {
  const remainingPlan = { ...plan, checks: [], work: [], publications: [] }
  const blocked = groupBlockedWork(project, plan)
  const emptyDetails = { groups: [], cost: sumCosts([]), skipped: [] }
  const failedChecks = findFailedChecks(project.evaluation, plan.targets)
  return {
    plan: remainingPlan,
    ...emptyDetails,
    blocked,
    failedChecks,
    isUpToDate: isUpToDate(project, plan),
  }
}

function isUpToDate({ evaluation, graph }: Project, { targets }: Plan): boolean {
  return [...targets].every(([name, ranges]) => {
    const { computation } = getAsset(graph, name)
    return (
      filterRanges(
        ranges,
        (index) => (stateFlagsAt(evaluation, computation, index) & stateFlags.fresh) === 0,
      ).length === 0
    )
  })
}

/** Of what was named, the partitions that the plan does nothing about, by their state. */
function listSkippedGroups(
  { evaluation, graph }: Project,
  plan: Plan,
  namedTargets: Plan["targets"],
): readonly SkippedGroup[] {
  return [...namedTargets].flatMap(([name, requestedRanges]) => {
    const asset = graph.assets.get(name)
    if (asset?.kind !== "asset") return []
    const plannedRanges = [...plan.work, ...plan.blocked].flatMap(({ computation, ranges }) =>
      computation === asset.computation ? ranges : [],
    )
    const checkedRanges = plan.checks.flatMap((checkWork) =>
      checkWork.asset === asset ? checkWork.ranges : [],
    )
    const skippedRanges = subtractRanges(
      joinRanges(requestedRanges),
      joinRanges([...plannedRanges, ...checkedRanges]),
    )
    return (["fresh", "stale", "missing", "failed"] as const).flatMap((state) => {
      const stateRanges = listRangesWhere(
        evaluation,
        asset.computation,
        (bits) => toStateKind(bits) === state,
      )
      const ranges = intersectRangeLists(skippedRanges, stateRanges)
      return ranges.length === 0 ? [] : [{ asset: name, ranges, state }]
    })
  })
}

/** What waits, by what it waits for. */
export function groupBlockedWork({ evaluation }: Project, plan: Plan): readonly BlockedGroup[] {
  const blockedByComputation = groupBy(
    listBlockedWork(evaluation, plan, maxInspectedPartitions),
    ({ computation }) => computation.name,
  )
  return plan.blocked.flatMap(({ computation, ranges }) => {
    const inspectedPartitions = blockedByComputation.get(computation.name) ?? []
    const groupsByBlocker = [...groupBy(inspectedPartitions, ({ blocker }) => blocker)]
    const listedGroups = groupsByBlocker.slice(0, maxBlockers).map(([blocker, blockedWork]) => {
      return { computation, blocker, ranges: blockedWork.map(({ range }) => range) }
    })
    const unlistedRanges = groupsByBlocker
      .slice(maxBlockers)
      .flatMap(([, blockedWork]) => blockedWork.map(({ range }) => range))
    const remainingRanges = [
      ...unlistedRanges,
      ...listRangesAfter(ranges, inspectedPartitions.at(-1)?.range.to ?? -Infinity),
    ]
    if (remainingRanges.length === 0) return listedGroups
    return [
      ...listedGroups,
      { computation, blocker: undefined, ranges: joinRanges(remainingRanges) },
    ]
  })
}

function listRangesAfter(
  ranges: readonly PartitionRange[],
  end: number,
): readonly PartitionRange[] {
  return ranges.flatMap(({ from, to }) =>
    to <= end ? [] : [{ from: Math.max(from, end + 1), to }],
  )
}

/** Whether a plan makes one partition of a computation. */
export function isPlanned({ work }: Plan, computation: Computation, index: number): boolean {
  const plannedWork = work.find((candidate) => candidate.computation.name === computation.name)
  return plannedWork !== undefined && isInRanges(plannedWork.ranges, index)
}
