import type { Asset, Computation } from "../declare/asset.ts"
import { type PartitionRange, partitionKey } from "../declare/partition.ts"
import { assetNamed } from "../graph/graph.ts"
import { isWithin } from "../graph/mapping.ts"
import { rangesOfBits } from "./bits.ts"
import { checkWork, readUnchecked } from "./check-work.ts"
import { partitionsOf } from "./inputs.ts"
import { type Marks, isMarkedIn, partOf, withoutMarks } from "./marks.ts"
import { blockedPartitions, neededPartitions } from "./needed.ts"
import { type PublicationPlan, planPublications } from "./publication.ts"
import { statusAt } from "./staleness.ts"
import type { Evaluation, StateKind } from "./states.ts"
import { targetsOf } from "./targets.ts"
import type { Hash } from "./version.ts"

/** What will be done, in an order in which it can be done; then what will be published; and what cannot be done yet. */
export interface Plan {
  /** Fresh rows, asked for or read by a step, whose checks are not the ones that ran last; those of rows that stand on refused ones come when these are right. */
  readonly checks: readonly CheckWork[]
  /** Each computation after everything that it reads. */
  readonly work: readonly Work[]
  readonly publications: readonly PublicationPlan[]
  readonly waiting: readonly Work[]
  /** The partitions that were asked for, by asset. */
  readonly targets: ReadonlyMap<string, readonly PartitionRange[]>
}

/** Partitions of one computation, ascending. */
export interface Work {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
}

/** Partitions of one asset whose checks are to run. */
export interface CheckWork {
  readonly asset: Asset
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
export function makePlan(evaluation: Evaluation, request: PlanRequest, hash: Hash): Plan {
  const targets = targetsOf(evaluation, request.targets)
  const needed = neededPartitions(evaluation, targets, request.only)
  const blocked = blockedPartitions(evaluation, needed)
  const waiting = workOf(evaluation, blocked)
  const open = withoutMarks(needed, blocked)
  const work = workOf(evaluation, open)
  const asked = request.only === undefined ? targets : []
  const checks = checkWork(evaluation, [...asked, ...readUnchecked(evaluation, open)])
  const planned = plannedSteps(evaluation, checks, open)
  const publications = request.publish
    ? planPublications(evaluation, planned, request.targets, hash)
    : []
  return { checks, work, publications, waiting, targets: request.targets }
}

/** The marked partitions of each computation, in the order of the flow. */
function workOf(evaluation: Evaluation, marks: Marks): readonly Work[] {
  const work: Work[] = []
  for (const [number, computation] of evaluation.graph.computations.entries()) {
    const states = evaluation.states[number]
    if (marks.touched[number] === 0 || states === undefined) continue
    const ranges = rangesOfBits(partOf(marks, states), states.from)
    if (ranges.length > 0) work.push({ computation, ranges })
  }
  return work
}

function plannedSteps(evaluation: Evaluation, checks: readonly CheckWork[], open: Marks) {
  const checked = new Map(checks.map(({ asset, ranges }) => [asset, ranges]))
  return {
    willMake: ({ computation }: Asset, index: number) =>
      isMarkedIn(evaluation, open, computation, index),
    willCheck: (asset: Asset, index: number) => isInRanges(checked.get(asset) ?? [], index),
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
export function partitionCount(ranges: readonly PartitionRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0)
}

/** How many steps a plan has. */
export function stepCount({ checks, work }: Plan): number {
  return [...checks, ...work].reduce((sum, { ranges }) => sum + partitionCount(ranges), 0)
}

/** The steps of a plan one by one, in an order in which they can be done. */
export function* stepsOf(evaluation: Evaluation, plan: Plan): Iterable<Step> {
  for (const { asset, ranges } of plan.checks)
    for (const partition of partitionsIn(ranges)) yield checkStep(asset, partition)
  for (const { computation, ranges } of plan.work)
    for (const partition of partitionsIn(ranges))
      yield materializeStep(evaluation, computation, partition)
}

/** The partitions of some ranges, one by one. */
export function* partitionsIn(ranges: readonly PartitionRange[]): Iterable<number> {
  for (const { from, to } of ranges) for (let index = from; index <= to; index += 1) yield index
}

/** The step that checks one partition. */
export function checkStep(asset: Asset, partition: number): CheckStep {
  const key = partitionKey(asset.partitions, partition)
  return { kind: "check", id: `check ${asset.name} ${key}`, asset, partition, key }
}

/** The step that makes one partition. */
export function materializeStep(
  { graph }: Evaluation,
  computation: Computation,
  partition: number,
): MaterializeStep {
  const key = partitionKey(partitionsOf(graph, computation), partition)
  return { kind: "materialize", id: `${computation.name} ${key}`, computation, partition, key }
}

/** A partition that was asked for, or is needed, and cannot be made yet. */
export interface Waiting {
  readonly computation: Computation
  readonly range: PartitionRange
  readonly waitsFor: string
}

/** What the waiting partitions of a plan wait for; neighbours that wait for the same stand together. Of each computation the first `most` are looked at. */
export function* waitingOf(evaluation: Evaluation, plan: Plan, most = Infinity): Iterable<Waiting> {
  const blocked = new Map(plan.waiting.map(({ computation, ranges }) => [computation.name, ranges]))
  for (const { computation, ranges } of plan.waiting) {
    let last: Waiting | undefined
    let looked = 0
    for (const index of partitionsIn(ranges)) {
      if (looked >= most) break
      looked += 1
      const waitsFor = waitingReason(evaluation, blocked, computation, index)
      if (last?.waitsFor === waitsFor && last.range.to === index - 1)
        last = { computation, range: { from: last.range.from, to: index }, waitsFor }
      else {
        if (last !== undefined) yield last
        last = { computation, range: { from: index, to: index }, waitsFor }
      }
    }
    if (last !== undefined) yield last
  }
}

function waitingReason(
  evaluation: Evaluation,
  blocked: ReadonlyMap<string, readonly PartitionRange[]>,
  computation: Computation,
  index: number,
): string {
  const status = statusAt(evaluation, computation, index)
  if (status.kind === "fresh") return ""
  if (status.waitsFor !== undefined) return status.waitsFor
  for (const cause of status.causes) {
    if (cause.kind !== "upstream") continue
    const upstream = assetNamed(evaluation.graph, cause.asset).computation
    for (const each of partitionsIn(cause.partitions))
      if (isInRanges(blocked.get(upstream.name) ?? [], each))
        return materializeStep(evaluation, upstream, each).id
  }
  return ""
}
