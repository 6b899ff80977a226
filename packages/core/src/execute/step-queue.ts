import type { Computation } from "../declare/asset.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { readRanges } from "../plan/inputs.ts"
import {
  type Plan,
  type Step,
  type Work,
  checkStep,
  materializeStep,
  partitionsIn,
} from "../plan/plan.ts"
import type { Evaluation } from "../plan/staleness.ts"

/**
 * The steps of a plan that have not ended. Each computation goes through its partitions in order, so that a plan of a
 * million partitions is a place in a list of ranges for each of its computations.
 */
export interface StepQueue {
  readonly evaluation: Evaluation
  readonly checks: Step[]
  readonly lines: readonly Line[]
  readonly lineOf: ReadonlyMap<string, Line>
  readonly underWay: Set<Step>
}

/** The partitions of one computation that have not been started. */
interface Line {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
  readonly rest: Iterator<number>
  /** The next partition to be started; undefined after the last one. */
  next: number | undefined
  /** The partitions that were started and have not ended. */
  readonly started: Set<number>
}

/** All steps of a plan, none of them started. */
export function stepQueue(evaluation: Evaluation, plan: Plan): StepQueue {
  const checks = plan.checks.flatMap(({ asset, ranges }) =>
    [...partitionsIn(ranges)].map((partition) => checkStep(asset, partition)),
  )
  const lines = plan.work.map(lineOf)
  const byName = new Map(lines.map((line) => [line.computation.name, line]))
  return { evaluation, checks, lines, lineOf: byName, underWay: new Set() }
}

function lineOf({ computation, ranges }: Work): Line {
  const rest = partitionsIn(ranges)[Symbol.iterator]()
  const line = { computation, ranges, rest, next: undefined, started: new Set<number>() }
  return { ...line, next: nextOf(rest) }
}

function nextOf(rest: Iterator<number>): number | undefined {
  const { value, done } = rest.next()
  return done === true ? undefined : value
}

/** The first step, in the order of the plan, that can be started now. */
export function readyStep(queue: StepQueue): Step | undefined {
  const [check] = queue.checks
  if (check !== undefined) return check
  if ([...queue.underWay].some(({ kind }) => kind === "check")) return undefined
  for (const { computation, next } of queue.lines)
    if (next !== undefined && isReady(queue, computation, next))
      return materializeStep(queue.evaluation, computation, next)
  return undefined
}

/** Whether nothing that the partition reads is still to be made. */
function isReady(
  { evaluation, lineOf: lines }: StepQueue,
  computation: Computation,
  index: number,
) {
  return readRanges(evaluation, computation, index).every(({ asset, range }) => {
    if (asset.kind === "source" || range === undefined) return true
    const line = lines.get(asset.computation.name)
    return line === undefined || !isOpen(line, range)
  })
}

function isOpen({ ranges, next, started }: Line, window: PartitionRange): boolean {
  for (const index of started) if (window.from <= index && index <= window.to) return true
  if (next === undefined || next > window.to) return false
  return ranges.some(({ from, to }) => Math.max(from, next, window.from) <= Math.min(to, window.to))
}

/** Takes a ready step off the queue. */
export function startStep(queue: StepQueue, step: Step): void {
  queue.underWay.add(step)
  if (step.kind === "check") {
    queue.checks.shift()
    return
  }
  const line = queue.lineOf.get(step.computation.name)
  if (line === undefined) return
  line.started.add(step.partition)
  line.next = nextOf(line.rest)
}

/** Notes that a step has ended, however it did. */
export function endStep(queue: StepQueue, step: Step): void {
  queue.underWay.delete(step)
  if (step.kind === "materialize")
    queue.lineOf.get(step.computation.name)?.started.delete(step.partition)
}
