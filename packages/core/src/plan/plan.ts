import type { Asset, Computation } from "../declare/declaration.ts"
import { type PartitionRange, formatPartitionKey } from "../declare/partition.ts"
import type { Hash } from "../evaluate/declared-versions.ts"
import { getPartitions } from "../evaluate/inputs.ts"
import {
  type PartitionSet,
  hasPartition,
  getSlice,
  subtractPartitions,
} from "../evaluate/partition-set.ts"
import { getStatus } from "../evaluate/staleness.ts"
import type { Evaluation, StateKind } from "../evaluate/states.ts"
import { getAsset } from "../graph/graph.ts"
import { isWithin } from "../graph/mapping.ts"
import { listSetRanges } from "../partitions/bitset.ts"
import { type CheckWork, listCheckWork, listUncheckedReads } from "./check-work.ts"
import { findBlockedPartitions, findNeededPartitions } from "./needed-partitions.ts"
import { type PublicationPlan, planPublications } from "./publication.ts"
import { listTargets } from "./targets.ts"

/** What will be done, in an order in which it can be done; then what will be published; and what cannot be done yet. */
export interface Plan {
  /** Fresh rows, asked for or read by a step, whose checks are not the ones that ran last; those of rows that stand on refused ones come when these are right. */
  readonly checks: readonly CheckWork[]
  /** Each computation after everything that it reads. */
  readonly work: readonly Work[]
  readonly publications: readonly PublicationPlan[]
  readonly blocked: readonly Work[]
  /** The partitions that were asked for, by asset. */
  readonly targets: ReadonlyMap<string, readonly PartitionRange[]>
}

/** Partitions of one computation, ascending. */
export interface Work {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
}

/** One thing to be done: make a partition of a computation, or run changed checks on rows that are fresh. */
export type Step = MaterializeStep | CheckStep

/** Make one partition of a computation. */
export interface MaterializeStep {
  readonly kind: "materialize"
  readonly id: string
  readonly computation: Computation
  readonly partition: number
  readonly key: string
}

/** Run the checks of one partition of an asset. */
export interface CheckStep {
  readonly kind: "check"
  readonly id: string
  readonly asset: Asset
  readonly partition: number
  readonly key: string
}

/** What is asked for: assets by name, each with the partitions of it that are meant. */
export interface PlanRequest {
  readonly targets: ReadonlyMap<string, readonly PartitionRange[]>
  /** Only those of the targets that are in this state; whatever they need comes with them. */
  readonly only?: Exclude<StateKind, "fresh"> | undefined
  readonly publish: boolean
}

/** The least work that makes every target fresh: the targets that are not, and whatever they read that is not. */
export function buildPlan(evaluation: Evaluation, request: PlanRequest, hash: Hash): Plan {
  const targets = listTargets(evaluation, request.targets)
  const needed = findNeededPartitions(evaluation, targets, request.only)
  const blockedSet = findBlockedPartitions(evaluation, needed)
  const blocked = listWork(evaluation, blockedSet)
  const runnable = subtractPartitions(needed, blockedSet)
  const work = listWork(evaluation, runnable)
  const checkTargets = request.only === undefined ? targets : []
  const checks = listCheckWork(evaluation, [
    ...checkTargets,
    ...listUncheckedReads(evaluation, runnable),
  ])
  const planned = toPlannedSteps(evaluation, checks, runnable)
  const publications = request.publish
    ? planPublications(evaluation, planned, request.targets, hash)
    : []
  return { checks, work, publications, blocked, targets: request.targets }
}

/** The marked partitions of each computation, in the order of the flow. */
function listWork(evaluation: Evaluation, partitions: PartitionSet): readonly Work[] {
  const work: Work[] = []
  for (const [number, computation] of evaluation.graph.computations.entries()) {
    const states = evaluation.states[number]
    if (partitions.computationFlags[number] === 0 || states === undefined) continue
    const ranges = listSetRanges(getSlice(partitions, states), states.from)
    if (ranges.length > 0) work.push({ computation, ranges })
  }
  return work
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

/** Whether a partition is in one of some ascending ranges. */
export function isInRanges(ranges: readonly PartitionRange[], index: number): boolean {
  let [low, high] = [0, ranges.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle]?.to ?? 0) < index) low = middle + 1
    else high = middle
  }
  const range = ranges[low]
  return range !== undefined && isWithin(range, index)
}

/** How many partitions some ranges hold. */
export function countPartitions(ranges: readonly PartitionRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0)
}

/** How many steps a plan has. */
export function countSteps({ checks, work }: Plan): number {
  return [...checks, ...work].reduce((sum, { ranges }) => sum + countPartitions(ranges), 0)
}

/** The steps of a plan one by one, in an order in which they can be done. */
export function* listSteps(evaluation: Evaluation, plan: Plan): Iterable<Step> {
  for (const { asset, ranges } of plan.checks)
    for (const partition of listPartitions(ranges)) yield buildCheckStep(asset, partition)
  for (const { computation, ranges } of plan.work)
    for (const partition of listPartitions(ranges))
      yield buildMaterializeStep(evaluation, computation, partition)
}

/** The partitions of some ranges, one by one. */
export function* listPartitions(ranges: readonly PartitionRange[]): Iterable<number> {
  for (const { from, to } of ranges) for (let index = from; index <= to; index += 1) yield index
}

/** The step that checks one partition. */
export function buildCheckStep(asset: Asset, partition: number): CheckStep {
  const key = formatPartitionKey(asset.partitions, partition)
  return { kind: "check", id: `check ${asset.name} ${key}`, asset, partition, key }
}

/** The step that makes one partition. */
export function buildMaterializeStep(
  { graph }: Evaluation,
  computation: Computation,
  partition: number,
): MaterializeStep {
  const key = formatPartitionKey(getPartitions(graph, computation), partition)
  return { kind: "materialize", id: `${computation.name} ${key}`, computation, partition, key }
}

/** A partition that was asked for, or is needed, and cannot be made yet. */
export interface BlockedWork {
  readonly computation: Computation
  readonly range: PartitionRange
  readonly blocker: string
}

/** What the waiting partitions of a plan wait for; neighbours that wait for the same stand together. Of each computation the first `most` are looked at. */
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
      if (last?.blocker === blocker && last.range.to === index - 1)
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
): string {
  const status = getStatus(evaluation, computation, index)
  if (status.kind === "fresh") return ""
  if (status.blocker !== undefined) return status.blocker
  for (const cause of status.causes) {
    if (cause.kind !== "upstream") continue
    const upstream = getAsset(evaluation.graph, cause.asset).computation
    for (const partition of listPartitions(cause.partitions))
      if (isInRanges(blockedRanges.get(upstream.name) ?? [], partition))
        return buildMaterializeStep(evaluation, upstream, partition).id
  }
  return ""
}
