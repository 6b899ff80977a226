import type { Asset, Computation } from "../declare/declaration.ts"
import { type PartitionRange, formatPartitionKey } from "../declare/partition.ts"
import type { Blocker } from "../evaluate/blocker.ts"
import { getPartitions } from "../evaluate/inputs.ts"
import {
  type ComputationRanges,
  type PartitionSet,
  hasPartition,
  listComputationRanges,
  subtractPartitions,
} from "../evaluate/partition-set.ts"
import { getStatus } from "../evaluate/staleness.ts"
import type { Evaluation, StateKind } from "../evaluate/states.ts"
import { getAsset } from "../graph/graph.ts"
import { countPartitions, isInRanges, listPartitions } from "../partitions/range-algebra.ts"
import type { StepReference } from "../ports.ts"
import { type CheckWork, listCheckWork, listUncheckedReads } from "./check-work.ts"
import { findBlockedPartitions, findNeededPartitions } from "./needed-partitions.ts"
import { listRequestedSets } from "./publication-set.ts"
import {
  type PlannedSteps,
  type PublicationPlan,
  planPublications,
  willBeReady,
} from "./publication.ts"
import { listTargets } from "./targets.ts"
import { type WaitingSet, canBecomeReady, findWaitingSets } from "./waiting-sets.ts"

/** The work of a run in an executable order, the publications after it, and the blocked work. */
export interface Plan {
  /** Fresh partitions, requested or read by a step, that the current checks have not checked. Partitions that a failed check blocks are left out until it passes. */
  readonly checks: readonly CheckWork[]
  /** Ordered: each computation after every computation that it reads. */
  readonly work: readonly Work[]
  readonly publications: readonly PublicationPlan[]
  readonly blocked: readonly Work[]
  /** The publication sets of the requested assets that cannot move to the newest partition of one of their assets. */
  readonly waitingSets: readonly WaitingSet[]
  /** Asset → the requested partitions. */
  readonly targets: ReadonlyMap<string, readonly PartitionRange[]>
}

/** The work on one computation: the partitions to materialize. */
export type Work = ComputationRanges

/** One step of a plan: materialize a partition of a computation, or run changed checks on a fresh partition. */
export type Step = MaterializeStep | CheckStep

/** The step that materializes one partition of a computation. */
export interface MaterializeStep {
  readonly kind: "materialize"
  readonly id: string
  readonly computation: Computation
  readonly partition: number
  readonly key: string
}

/** The step that runs the checks of one partition of an asset. */
export interface CheckStep {
  readonly kind: "check"
  readonly id: string
  readonly asset: Asset
  readonly partition: number
  readonly key: string
}

/** The request for a plan; `targets` maps an asset to the requested partitions. */
export interface PlanRequest {
  readonly targets: ReadonlyMap<string, readonly PartitionRange[]>
  /** Limits the targets to partitions in this state; their stale upstreams are planned too. */
  readonly only?: Exclude<StateKind, "fresh"> | undefined
  readonly publish: boolean
  /** The targets that read the landed files although their reads as landed are recorded; the evaluation has no pins for them. */
  readonly repinned?: ReadonlyMap<string, readonly PartitionRange[]> | undefined
}

/** Plans the least work after which every target is fresh: the targets and upstream partitions that are not fresh. */
export function buildPlan(evaluation: Evaluation, request: PlanRequest): Plan {
  const targets = listTargets(evaluation, request.targets)
  const needed = findNeededPartitions(evaluation, targets, request.only)
  const blockedSet = findBlockedPartitions(evaluation, needed)
  const blocked = listComputationRanges(evaluation, blockedSet)
  const runnable = subtractPartitions(needed, blockedSet)
  const work = listComputationRanges(evaluation, runnable)
  const checkTargets = request.only === undefined ? targets : []
  const checks = listCheckWork(evaluation, [
    ...checkTargets,
    ...listUncheckedReads(evaluation, runnable),
  ])
  const planned = toPlannedSteps(evaluation, checks, runnable)
  const publishedTargets = request.publish ? request.targets : new Map<string, never>()
  const publications = planPublications(evaluation, planned, publishedTargets)
  const sets = listRequestedSets(evaluation.graph, publishedTargets.keys())
  const waitingSets = findWaitingSets(evaluation, sets, (asset, index) =>
    willBeReady(evaluation, planned, asset, index),
  ).filter((waitingSet) => isConcerned(evaluation, planned, waitingSet))
  return { checks, work, publications, blocked, waitingSets, targets: request.targets }
}

/** Tests whether a plan materializes a partition for which a set waits, or no plan can. */
function isConcerned(
  evaluation: Evaluation,
  { willMaterialize }: PlannedSteps,
  { assets, partition, waitsFor }: WaitingSet,
): boolean {
  return (
    assets.some((asset) => willMaterialize(asset, partition)) ||
    waitsFor.some(
      ({ asset }) => !canBecomeReady(evaluation, getAsset(evaluation.graph, asset), partition),
    )
  )
}

function toPlannedSteps(
  evaluation: Evaluation,
  checks: readonly CheckWork[],
  runnable: PartitionSet,
) {
  const rangesByAsset = new Map(checks.map(({ asset, ranges }) => [asset, ranges]))
  return {
    willMaterialize: ({ computation }: Asset, index: number) =>
      hasPartition(evaluation, runnable, computation, index),
    willCheck: (asset: Asset, index: number) => isInRanges(rangesByAsset.get(asset) ?? [], index),
  }
}

/** Counts the steps of a plan. */
export function countSteps({ checks, work }: Plan): number {
  return [...checks, ...work].reduce((sum, { ranges }) => sum + countPartitions(ranges), 0)
}

/** Iterates over the steps of a plan in an executable order. */
export function* listSteps(evaluation: Evaluation, plan: Plan): Iterable<Step> {
  for (const { asset, ranges } of plan.checks)
    for (const partition of listPartitions(ranges)) yield buildCheckStep(asset, partition)
  for (const { computation, ranges } of plan.work)
    for (const partition of listPartitions(ranges))
      yield buildMaterializeStep(evaluation, computation, partition)
}

/** Builds the step that checks one partition. */
export function buildCheckStep(asset: Asset, partition: number): CheckStep {
  const key = formatPartitionKey(asset.partitions, partition)
  return { kind: "check", id: `check ${asset.name} ${key}`, asset, partition, key }
}

/** Builds the step that materializes one partition. */
export function buildMaterializeStep(
  { graph }: Evaluation,
  computation: Computation,
  partition: number,
): MaterializeStep {
  const key = formatPartitionKey(getPartitions(graph, computation), partition)
  return { kind: "materialize", id: `${computation.name} ${key}`, computation, partition, key }
}

/** Requested or needed partitions that are blocked, with their blocker. */
export interface BlockedWork {
  readonly computation: Computation
  readonly range: PartitionRange
  readonly blocker: Blocker
}

/** Iterates over the blocked partitions of a plan with their blockers; consecutive partitions with one blocker are one range. Only the first `limit` partitions of each computation are examined. */
export function* listBlockedWork(
  evaluation: Evaluation,
  plan: Plan,
  limit = Infinity,
): Iterable<BlockedWork> {
  const blockedRanges = new Map(
    plan.blocked.map(({ computation, ranges }) => [computation.name, ranges]),
  )
  for (const { computation, ranges } of plan.blocked) {
    let last: BlockedWork | undefined
    let count = 0
    for (const index of listPartitions(ranges)) {
      if (count >= limit) break
      count += 1
      const blocker = findBlocker(evaluation, blockedRanges, computation, index)
      if (last !== undefined && isSameBlocker(last.blocker, blocker) && last.range.to === index - 1)
        last = { computation, range: { from: last.range.from, to: index }, blocker }
      else {
        if (last !== undefined) yield last
        last = { computation, range: { from: index, to: index }, blocker }
      }
    }
    if (last !== undefined) yield last
  }
}

function findBlocker(
  evaluation: Evaluation,
  blockedRanges: ReadonlyMap<string, readonly PartitionRange[]>,
  computation: Computation,
  index: number,
): Blocker {
  const status = getStatus(evaluation, computation, index)
  if (status.kind === "fresh") return unknownBlocker
  if (status.blocker !== undefined) return status.blocker
  for (const cause of status.causes) {
    if (cause.kind !== "upstream") continue
    const upstream = getAsset(evaluation.graph, cause.asset).computation
    for (const partition of listPartitions(cause.partitions))
      if (isInRanges(blockedRanges.get(upstream.name) ?? [], partition))
        return { kind: "unusable", text: buildMaterializeStep(evaluation, upstream, partition).id }
  }
  return unknownBlocker
}

const unknownBlocker: Blocker = { kind: "unusable", text: "" }

function isSameBlocker(first: Blocker, second: Blocker): boolean {
  return first.kind === second.kind && first.text === second.text
}

/** Returns the computation of a step; of a check, the one that computed the checked rows. */
export function getComputation(step: Step): Computation {
  return step.kind === "check" ? step.asset.computation : step.computation
}

/** Names a step in the events of a run. */
export function toStepReference(step: Step): StepReference {
  const { id, key: partition } = step
  return step.kind === "check"
    ? { step: id, computation: step.asset.computation.name, check: step.asset.name, partition }
    : { step: id, computation: step.computation.name, check: undefined, partition }
}
