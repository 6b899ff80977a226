import type { Asset, Computation } from "../declare/asset.ts"
import { type PartitionRange, partitionKey } from "../declare/partition.ts"
import { assetNamed, outputsOf } from "../graph/graph.ts"
import { isWithin } from "../graph/mapping.ts"
import { readRanges } from "./inputs.ts"
import { type PublicationPlan, planPublications } from "./publication.ts"
import { type Evaluation, type Status, recordedOutputs } from "./staleness.ts"
import { type Hash, checksVersion } from "./version.ts"

/** One thing to be done. `after` names the steps that must have ended before it. */
export type Step = MaterializeStep | CheckStep

/** Make one partition of a computation, because of `status`. */
export interface MaterializeStep {
  readonly kind: "materialize"
  readonly id: string
  readonly computation: Computation
  readonly partition: number
  readonly key: string
  readonly status: Exclude<Status, { kind: "fresh" }>
  readonly after: readonly string[]
}

/** Run changed checks on rows that are fresh. */
export interface CheckStep {
  readonly kind: "check"
  readonly id: string
  readonly asset: Asset
  readonly partition: number
  readonly key: string
  readonly after: readonly string[]
}

/** What will be done, in an order in which it can be done; then what will be published; and what cannot be done yet. */
export interface Plan {
  readonly steps: readonly Step[]
  readonly publications: readonly PublicationPlan[]
  readonly waiting: readonly Waiting[]
  /** The partitions that were asked for, by asset. */
  readonly targets: ReadonlyMap<string, PartitionRange>
}

/** A partition that was asked for, or is needed, and waits for a file or a whole window. */
export interface Waiting {
  readonly computation: string
  readonly key: string
  readonly waitsFor: string
}

/** What is asked for: assets by name, each with the partitions of it that are meant. */
export interface PlanRequest {
  readonly targets: ReadonlyMap<string, PartitionRange>
  readonly publish: boolean
}

type Needed = Map<string, Set<number>> // "user_recs" → {20463}

/** The least work that makes every target fresh: the targets that are not, and whatever they read that is not. */
export function makePlan(evaluation: Evaluation, request: PlanRequest, hash: Hash): Plan {
  const needed = neededPartitions(evaluation, request.targets)
  const checks = checkSteps(evaluation, request.targets, hash)
  const waiting: Waiting[] = []
  const steps: Step[] = [...checks]
  const blocked = new Set<string>()
  for (const computation of evaluation.graph.computations)
    for (const index of [...(needed.get(computation.name) ?? [])].toSorted((a, b) => a - b)) {
      const step = materializeStep(evaluation, computation, index, { needed, checks })
      const waitsFor = waitingReason(step, blocked)
      if (waitsFor === undefined) steps.push(step)
      else {
        blocked.add(step.id)
        waiting.push({ computation: computation.name, key: step.key, waitsFor })
      }
    }
  const publications = request.publish
    ? planPublications(evaluation, steps, request.targets, hash)
    : []
  return { steps, publications, waiting, targets: request.targets }
}

/** The name of a step: the computation and the partition's key. */
function stepId(evaluation: Evaluation, computation: Computation, index: number): string {
  return `${computation.name} ${keyOf(evaluation, computation, index)}`
}

function keyOf(evaluation: Evaluation, computation: Computation, index: number): string {
  const [output] = outputsOf(evaluation.graph, computation)
  return output === undefined ? "" : partitionKey(output.partitions, index)
}

function neededPartitions(
  evaluation: Evaluation,
  targets: ReadonlyMap<string, PartitionRange>,
): Needed {
  const needed: Needed = new Map()
  for (const [name, range] of targets) {
    const computation = assetNamed(evaluation.graph, name).computation
    for (let index = range.from; index <= range.to; index += 1)
      need(evaluation, needed, computation, index)
  }
  for (const computation of evaluation.graph.computations.toReversed())
    needUpstream(evaluation, needed, computation)
  return needed
}

/** Adds what the needed partitions of one computation read; its own past may grow while it is walked. */
function needUpstream(evaluation: Evaluation, needed: Needed, computation: Computation): void {
  const open = [...(needed.get(computation.name) ?? [])]
  for (let index = open.pop(); index !== undefined; index = open.pop())
    for (const { asset, range } of readRanges(evaluation, computation, index)) {
      if (asset.kind === "source") continue
      for (let read = range?.from ?? 1; read <= (range?.to ?? 0); read += 1)
        if (need(evaluation, needed, asset.computation, read) && asset.computation === computation)
          open.push(read)
    }
}

/** Whether the partition is needed and was not known to be. */
function need(
  evaluation: Evaluation,
  needed: Needed,
  computation: Computation,
  index: number,
): boolean {
  const status = evaluation.statuses.get(computation.name)?.get(index)
  const indexes = needed.get(computation.name) ?? new Set()
  if (status === undefined || status.kind === "fresh" || indexes.has(index)) return false
  needed.set(computation.name, indexes.add(index))
  return true
}

function materializeStep(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
  { needed, checks }: { readonly needed: Needed; readonly checks: readonly CheckStep[] },
): MaterializeStep {
  const status = evaluation.statuses.get(computation.name)?.get(index)
  if (status === undefined || status.kind === "fresh")
    throw new TypeError("only stale steps are planned")
  const after = new Set<string>()
  for (const { asset, range } of readRanges(evaluation, computation, index)) {
    if (asset.kind === "source") continue
    for (let read = range?.from ?? 1; read <= (range?.to ?? 0); read += 1)
      if (needed.get(asset.computation.name)?.has(read) === true)
        after.add(stepId(evaluation, asset.computation, read))
    for (const check of checks)
      if (check.asset === asset && range !== undefined && isWithin(range, check.partition))
        after.add(check.id)
  }
  const id = stepId(evaluation, computation, index)
  const key = keyOf(evaluation, computation, index)
  return { kind: "materialize", id, computation, partition: index, key, status, after: [...after] }
}

function waitingReason(step: MaterializeStep, blocked: ReadonlySet<string>): string | undefined {
  if (step.status.waitsFor !== undefined) return step.status.waitsFor
  return step.after.find((id) => blocked.has(id))
}

/** Fresh targets whose checks are not the ones that ran last. */
function checkSteps(
  evaluation: Evaluation,
  targets: ReadonlyMap<string, PartitionRange>,
  hash: Hash,
): CheckStep[] {
  return [...targets].flatMap(([name, range]) => {
    const asset = assetNamed(evaluation.graph, name)
    const version = checksVersion(asset, hash)
    const steps: CheckStep[] = []
    for (let index = range.from; index <= range.to; index += 1) {
      const status = evaluation.statuses.get(asset.computation.name)?.get(index)
      const record = evaluation.snapshot.materializations.get(name)?.get(index)
      if (status?.kind !== "fresh" || record?.checkVersion === version) continue
      const key = partitionKey(asset.partitions, index)
      const id = `check ${name} ${key}`
      steps.push({ kind: "check", id, asset, partition: index, key, after: [] })
    }
    return steps
  })
}

/** The newest partition of each of these assets that exists; an asset without any is left out. */
export function newestTargets(
  evaluation: Evaluation,
  names: Iterable<string>,
): ReadonlyMap<string, PartitionRange> {
  const targets = new Map<string, PartitionRange>()
  for (const name of names) {
    const extent = evaluation.extents.get(name)
    if (extent === undefined || evaluation.graph.assets.get(name)?.kind !== "asset") continue
    targets.set(name, { from: extent.to, to: extent.to })
  }
  return targets
}

/** What will be stale once the plan has been performed, because it reads what the plan makes and is not part of it. */
export function staleAfter(
  evaluation: Evaluation,
  plan: Plan,
): ReadonlyMap<string, readonly number[]> {
  const made = new Map<string, Set<number>>()
  for (const step of plan.steps)
    if (step.kind === "materialize")
      made.set(
        step.computation.name,
        (made.get(step.computation.name) ?? new Set()).add(step.partition),
      )
  const result = new Map<string, number[]>()
  for (const computation of evaluation.graph.computations) {
    const own = made.get(computation.name) ?? new Set()
    for (const [index] of evaluation.statuses.get(computation.name) ?? []) {
      if (own.has(index) || recordedOutputs(evaluation, computation, index) === undefined) continue
      if (!readsAny(evaluation, computation, index, made)) continue
      made.set(computation.name, own.add(index))
      result.set(computation.name, [...(result.get(computation.name) ?? []), index])
    }
  }
  return result
}

function readsAny(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
  made: ReadonlyMap<string, ReadonlySet<number>>,
): boolean {
  return readRanges(evaluation, computation, index).some(({ asset, range }) => {
    const changed = asset.kind === "asset" ? made.get(asset.computation.name) : undefined
    if (changed === undefined || range === undefined) return false
    return [...changed].some((each) => isWithin(range, each))
  })
}
