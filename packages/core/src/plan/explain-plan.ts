import type { Computation } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { type Blocker, formatBlocker } from "../evaluate/blocker.ts"
import { type FailedChecks, findFailedChecks } from "../evaluate/failed-checks.ts"
import {
  type Evaluation,
  listRangesWhere,
  stateFlags,
  stateFlagsAt,
  type StateKind,
  toStateKind,
} from "../evaluate/states.ts"
import { getAsset } from "../graph/graph.ts"
import { groupBy } from "../group-by.ts"
import {
  filterRanges,
  intersectRangeLists,
  joinRanges,
  subtractRanges,
} from "../partitions/range-algebra.ts"
import { formatCauses } from "./causes.ts"
import type { CheckWork } from "./check-work.ts"
import { listBlockedWork, type Plan } from "./plan.ts"
import type { PublicationPlan } from "./publication.ts"
import { groupByReason, type ReasonGroup } from "./reasons.ts"

/** A plan with the reason of everything in it, and of everything requested that is not in it. */
export interface PlanExplanation {
  readonly checks: readonly CheckWork[]
  readonly groups: readonly ExplainedGroup[]
  readonly publications: readonly PublicationPlan[]
  readonly blocked: readonly BlockedGroup[]
  /** Requested partitions that the plan does not materialize. */
  readonly skipped: readonly SkippedGroup[]
  /** Requested partitions that are fresh and whose rows, or upstream rows, fail a check. */
  readonly failedChecks: readonly FailedChecks[]
  /** True when every requested partition is fresh. */
  readonly isUpToDate: boolean
}

/** Partitions of one computation with a common reason. */
export interface ExplainedGroup extends ReasonGroup {
  /** The reason in words. */
  readonly reason: string
}

/** Requested partitions that a plan leaves out, by their state. */
export interface SkippedGroup {
  readonly asset: string
  readonly ranges: readonly PartitionRange[]
  readonly state: StateKind
}

/** Partitions of one computation with a common blocker; undefined for the rest of very many blocked partitions. */
export interface BlockedGroup {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
  readonly blocker: Blocker | undefined
}

/** The number of partitions of a computation whose blockers are searched, and the number of blockers that are listed. */
const maxInspectedPartitions = 100
const maxBlockers = 8

/** The text for work that a changed check causes. */
export const changedChecksReason = "its checks changed"

/** Explains a plan. `namedTargets` are the partitions that a person named: those left out are listed. */
export function explain(
  evaluation: Evaluation,
  plan: Plan,
  namedTargets: Plan["targets"] = new Map(),
): PlanExplanation {
  return {
    checks: plan.checks,
    groups: groupByReason(evaluation, plan).map((group) => explainGroup(evaluation, group)),
    publications: plan.publications,
    blocked: groupBlockedWork(evaluation, plan),
    skipped: listSkippedGroups(evaluation, plan, namedTargets),
    failedChecks: findFailedChecks(evaluation, plan.targets),
    isUpToDate: isUpToDate(evaluation, plan),
  }
}

/** Adds the reason in words to a group of planned work. */
export function explainGroup<G extends ReasonGroup>(
  { graph }: Pick<Evaluation, "graph">,
  group: G,
): G & ExplainedGroup {
  return { ...group, reason: formatCauses(graph, group.status) }
}

function isUpToDate(evaluation: Evaluation, { targets }: Plan): boolean {
  return [...targets].every(([name, ranges]) => {
    const { computation } = getAsset(evaluation.graph, name)
    const isNotFresh = (index: number) =>
      (stateFlagsAt(evaluation, computation, index) & stateFlags.fresh) === 0
    return filterRanges(ranges, isNotFresh).length === 0
  })
}

function listSkippedGroups(
  evaluation: Evaluation,
  plan: Plan,
  namedTargets: Plan["targets"],
): readonly SkippedGroup[] {
  return [...namedTargets].flatMap(([name, requestedRanges]) => {
    const asset = evaluation.graph.assets.get(name)
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

function groupBlockedWork(evaluation: Evaluation, plan: Plan): readonly BlockedGroup[] {
  const blockedByComputation = groupBy(
    listBlockedWork(evaluation, plan, maxInspectedPartitions),
    ({ computation }) => computation.name,
  )
  return plan.blocked.flatMap(({ computation, ranges }) => {
    const inspectedPartitions = blockedByComputation.get(computation.name) ?? []
    const groupsByBlocker = [
      ...groupBy(inspectedPartitions, ({ blocker }) => formatBlocker(blocker)),
    ]
    const listedGroups = groupsByBlocker.slice(0, maxBlockers).map(([, blockedWork]) => ({
      computation,
      blocker: blockedWork[0]?.blocker,
      ranges: blockedWork.map(({ range }) => range),
    }))
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
