import type { Step } from "../plan/plan.ts"
import { type ActiveRun, addTask, shouldStop } from "./active-run.ts"
import { findReadyStep, getPool } from "./step-queue.ts"

/**
 * Records that a run executes no step and can start none: it waits for retries, for steps of other processes, or for slots
 * of pools. Runs of a lower priority go on meanwhile, but for the pools whose slots it waits for.
 */
export function recordWait(run: ActiveRun): void {
  const { queue, isOutranked } = run
  const canGoOn = queue.running.size + queue.due.size > 0
  if (canGoOn || queue.waiting.size === 0 || isOutranked || shouldStop(run)) return
  const pools = listAwaitedPools(run)
  if (run.awaitedPools?.join() !== pools.join()) setAwaitedPools(run, pools)
}

/** The time in milliseconds after which a run that starts no step, while its steps under way leave slots free, does not hold others. */
export const stallMs = 60_000

/**
 * Waits until a task of a run ends. When nothing has changed for a minute, and all remaining steps wait for those under
 * way, runs of a lower priority go on in the free slots: a step that hangs does not hold them until its time limit.
 */
export async function waitForTask(run: ActiveRun): Promise<void> {
  const { tasks, effects } = run
  if (!leavesSlots(run)) return Promise.race(tasks)
  const timer = effects.startTimer(stallMs)
  const end = Promise.race(tasks).then(() => false)
  const isStalled = await Promise.race([end, timer.ended.then(() => true)])
  timer.cancel()
  if (isStalled && !shouldStop(run)) setAwaitedPools(run, listAwaitedPools(run))
}

/** Tests if a run holds runs of a lower priority, and can start no step although it has a free slot. */
function leavesSlots(run: ActiveRun): boolean {
  const { queue, options, awaitedPools, isOutranked } = run
  if (awaitedPools !== undefined || isOutranked || shouldStop(run)) return false
  return (
    queue.running.size < options.concurrency && findReadyStep(queue, options.pools) === undefined
  )
}

/** Records that a run goes on with a step that it has claimed. */
export function endWait(run: ActiveRun, step: Step): void {
  run.waits.delete(step.id)
  if (run.awaitedPools !== undefined) setAwaitedPools(run, undefined)
}

function setAwaitedPools(run: ActiveRun, pools: readonly string[] | undefined): void {
  run.awaitedPools = pools
  addTask(run, run.effects.ledger.recordAwaitedPools(pools))
}

function listAwaitedPools({ queue, waits }: ActiveRun): readonly string[] {
  const steps = [...queue.waiting].filter(({ id }) => waits.has(id))
  return [...new Set(steps.flatMap((step) => getPool(step) ?? []))].toSorted()
}
