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
import type { Evaluation } from "../plan/states.ts"

/**
 * The steps of a plan that have not ended. Each computation goes through its partitions in order, so that a plan of a
 * million partitions is a place in a list of ranges for each of its computations.
 */
export interface StepQueue {
  readonly evaluation: Evaluation
  readonly checks: Iterator<Step>
  /** The next check to be started; undefined after the last one. */
  nextCheck: Step | undefined
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
  /** How many have ended. */
  ended: number
  /** What the next partition was found waiting for: it need not be looked at again before one more of those has ended. */
  heldBy: { readonly line: Line; readonly ended: number } | undefined
}

/** All steps of a plan, none of them started. */
export function stepQueue(evaluation: Evaluation, plan: Plan): StepQueue {
  const checks = checksOf(plan)[Symbol.iterator]()
  const lines = plan.work.map(lineOf)
  const byName = new Map(lines.map((line) => [line.computation.name, line]))
  const nextCheck = nextOf(checks)
  return { evaluation, checks, nextCheck, lines, lineOf: byName, underWay: new Set() }
}

function* checksOf({ checks }: Plan): Iterable<Step> {
  for (const { asset, ranges } of checks)
    for (const partition of partitionsIn(ranges)) yield checkStep(asset, partition)
}

function lineOf({ computation, ranges }: Work): Line {
  const rest = partitionsIn(ranges)[Symbol.iterator]()
  const [started, next] = [new Set<number>(), nextOf(rest)]
  return { computation, ranges, rest, next, started, ended: 0, heldBy: undefined }
}

function nextOf<T>(rest: Iterator<T>): T | undefined {
  const { value, done } = rest.next()
  return done === true ? undefined : value
}

/** The next step of each computation, whether it can be started now or not. */
export function nextSteps({ evaluation, lines }: StepQueue): readonly Step[] {
  return lines.flatMap(({ computation, next }) =>
    next === undefined ? [] : [materializeStep(evaluation, computation, next)],
  )
}

/** The first step, in the order of the plan, that can be started now. */
export function readyStep(queue: StepQueue): Step | undefined {
  if (queue.nextCheck !== undefined) return queue.nextCheck
  if ([...queue.underWay].some(({ kind }) => kind === "check")) return undefined
  for (const line of queue.lines)
    if (line.next !== undefined && !isHeld(queue, line, line.next))
      return materializeStep(queue.evaluation, line.computation, line.next)
  return undefined
}

/** Whether something that the line's next partition reads is still to be made. */
function isHeld({ evaluation, lineOf: lines }: StepQueue, line: Line, next: number): boolean {
  if (line.heldBy !== undefined && line.heldBy.line.ended === line.heldBy.ended) return true
  line.heldBy = undefined
  for (const { asset, range } of readRanges(evaluation, line.computation, next)) {
    const read = asset.kind === "source" ? undefined : lines.get(asset.computation.name)
    if (read === undefined || range === undefined || !isOpen(read, range)) continue
    line.heldBy = { line: read, ended: read.ended }
    return true
  }
  return false
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
    queue.nextCheck = nextOf(queue.checks)
    return
  }
  const line = queue.lineOf.get(step.computation.name)
  if (line === undefined) return
  line.started.add(step.partition)
  line.next = nextOf(line.rest)
  line.heldBy = undefined
}

/** Notes that a step has ended, however it did. */
export function endStep(queue: StepQueue, step: Step): void {
  queue.underWay.delete(step)
  const line = step.kind === "check" ? undefined : queue.lineOf.get(step.computation.name)
  if (line === undefined) return
  line.started.delete(step.partition)
  line.ended += 1
}
