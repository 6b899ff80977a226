import type { Step } from "../plan/plan.ts"
import { type ActiveRun, addTask, shouldStop } from "./active-run.ts"
import { getPool } from "./step-queue.ts"

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
