import type { Computation } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { listStepRanges } from "../evaluate/inputs.ts"
import type { Evaluation } from "../evaluate/states.ts"
import { listPartitions } from "../partitions/range-algebra.ts"
import {
  type Plan,
  type Step,
  type Work,
  buildCheckStep,
  buildMaterializeStep,
} from "../plan/plan.ts"

/**
 * The steps of a plan that have not ended. Each computation runs its partitions in order, so that the queue of a million
 * partitions is one position in a list of ranges per computation.
 */
export interface StepQueue {
  readonly evaluation: Evaluation
  readonly checks: Iterator<Step>
  /** The next check to start; undefined after the last one. */
  nextCheck: Step | undefined
  readonly queues: readonly ComputationQueue[]
  readonly queueByComputation: ReadonlyMap<string, ComputationQueue>
  readonly running: Set<Step>
  /** The steps that wait for their next attempt. */
  readonly waiting: Set<Step>
  /** The steps whose next attempt is due. */
  readonly due: Set<Step>
}

/** Pool → the number of its steps that may run at once. */
export type PoolLimits = Readonly<Record<string, number>>

/** The partitions of one computation that have not ended. */
interface ComputationQueue {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
  readonly partitions: Iterator<number>
  /** The next partition to start; undefined after the last one. */
  next: number | undefined
  /** The partitions that have started and not ended. */
  readonly started: Set<number>
  /** The number of ended partitions. */
  ended: number
  /** The computation that blocked the next partition, and its number of ended partitions at that time: until it changes, the partition remains blocked. */
  blockedBy: { readonly queue: ComputationQueue; readonly ended: number } | undefined
}

/** Creates the queue of all steps of a plan. */
export function createStepQueue(
  evaluation: Evaluation,
  plan: Pick<Plan, "checks" | "work">,
): StepQueue {
  const checks = listCheckSteps(plan)[Symbol.iterator]()
  const queues = plan.work.map(createComputationQueue)
  const queueByComputation = new Map(
    queues.map((computationQueue) => [computationQueue.computation.name, computationQueue]),
  )
  const nextCheck = takeNext(checks)
  return {
    evaluation,
    checks,
    nextCheck,
    queues,
    queueByComputation,
    running: new Set(),
    waiting: new Set(),
    due: new Set(),
  }
}

function* listCheckSteps({ checks }: Pick<Plan, "checks">): Iterable<Step> {
  for (const { asset, ranges } of checks)
    for (const partition of listPartitions(ranges)) yield buildCheckStep(asset, partition)
}

function createComputationQueue({ computation, ranges }: Work): ComputationQueue {
  const partitions = listPartitions(ranges)[Symbol.iterator]()
  const [started, next] = [new Set<number>(), takeNext(partitions)]
  return { computation, ranges, partitions, next, started, ended: 0, blockedBy: undefined }
}

function takeNext<T>(iterator: Iterator<T>): T | undefined {
  const { value, done } = iterator.next()
  return done === true ? undefined : value
}

/** The next step of each computation, ready or blocked. */
export function listNextSteps({ evaluation, queues }: StepQueue): readonly Step[] {
  return queues.flatMap(({ computation, next }) =>
    next === undefined ? [] : [buildMaterializeStep(evaluation, computation, next)],
  )
}

/** Finds the first step, in the order of the plan, that is ready to start and whose pool has a free slot. */
export function findReadyStep(queue: StepQueue, pools: PoolLimits): Step | undefined {
  const fullPools = listFullPools(queue, pools)
  const dueStep = [...queue.due].find((step) => !fullPools.has(getPool(step)))
  if (dueStep !== undefined) return dueStep
  if (queue.nextCheck !== undefined) return queue.nextCheck
  if ([...queue.running, ...queue.waiting].some(({ kind }) => kind === "check")) return undefined
  for (const computationQueue of queue.queues)
    if (
      computationQueue.next !== undefined &&
      !fullPools.has(computationQueue.computation.execution.pool) &&
      !isBlocked(queue, computationQueue, computationQueue.next)
    )
      return buildMaterializeStep(
        queue.evaluation,
        computationQueue.computation,
        computationQueue.next,
      )
  return undefined
}

/** Lists the pools without a free slot. */
function listFullPools({ running }: StepQueue, pools: PoolLimits): ReadonlySet<string | undefined> {
  const counts = new Map<string, number>()
  for (const step of running) {
    const pool = getPool(step)
    if (pool !== undefined) counts.set(pool, (counts.get(pool) ?? 0) + 1)
  }
  return new Set(
    [...counts].flatMap(([pool, count]) => (count >= (pools[pool] ?? Infinity) ? [pool] : [])),
  )
}

/** Returns the pool of a step; undefined for a step that only runs checks. */
export function getPool(step: Step): string | undefined {
  return step.kind === "check" ? undefined : step.computation.execution.pool
}

/** Tests whether a computation's next partition reads a partition that has not ended. */
function isBlocked(
  { evaluation, queueByComputation: queues }: StepQueue,
  computationQueue: ComputationQueue,
  next: number,
): boolean {
  if (
    computationQueue.blockedBy !== undefined &&
    computationQueue.blockedBy.queue.ended === computationQueue.blockedBy.ended
  )
    return true
  computationQueue.blockedBy = undefined
  for (const { asset, range } of listStepRanges(evaluation, computationQueue.computation, next)) {
    const upstreamQueue = asset.kind === "source" ? undefined : queues.get(asset.computation.name)
    if (upstreamQueue === undefined || range === undefined || !isUnfinished(upstreamQueue, range))
      continue
    computationQueue.blockedBy = { queue: upstreamQueue, ended: upstreamQueue.ended }
    return true
  }
  return false
}

function isUnfinished(
  { ranges, next, started }: ComputationQueue,
  window: PartitionRange,
): boolean {
  for (const index of started) if (window.from <= index && index <= window.to) return true
  if (next === undefined || next > window.to) return false
  return ranges.some(({ from, to }) => Math.max(from, next, window.from) <= Math.min(to, window.to))
}

/** Starts a ready step: removes it from the queue. */
export function startStep(queue: StepQueue, step: Step): void {
  queue.running.add(step)
  if (queue.due.delete(step)) return
  if (step.kind === "check") {
    queue.nextCheck = takeNext(queue.checks)
    return
  }
  const computationQueue = queue.queueByComputation.get(step.computation.name)
  if (computationQueue === undefined) return
  computationQueue.started.add(step.partition)
  computationQueue.next = takeNext(computationQueue.partitions)
  computationQueue.blockedBy = undefined
}

/** Moves a running step to those that wait for their next attempt: it still blocks its readers, and uses no slot. */
export function delayStep(queue: StepQueue, step: Step): void {
  queue.running.delete(step)
  queue.waiting.add(step)
}

/** Makes the next attempt of a waiting step due. */
export function resumeStep(queue: StepQueue, step: Step): void {
  queue.waiting.delete(step)
  queue.due.add(step)
}

/** Ends a running or waiting step, with any outcome. */
export function endStep(queue: StepQueue, step: Step): void {
  queue.running.delete(step)
  queue.waiting.delete(step)
  const computationQueue =
    step.kind === "check" ? undefined : queue.queueByComputation.get(step.computation.name)
  if (computationQueue === undefined) return
  computationQueue.started.delete(step.partition)
  computationQueue.ended += 1
}
