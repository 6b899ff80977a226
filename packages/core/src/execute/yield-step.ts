import type { Step } from "../plan/plan.ts"
import { type ActiveRun, addTask, cancelTimers, shouldStop } from "./active-run.ts"
import { delayStep, resumeStep } from "./step-queue.ts"

/** The time in milliseconds between two looks at runs of a higher priority. */
const pauseMs = 250

/**
 * Makes an outranked step due again, and starts no further step while a run of a higher priority executes steps. A process
 * that assists the run leaves it instead.
 */
export function yieldStep(run: ActiveRun, step: Step): void {
  const { effects, queue } = run
  delayStep(queue, step)
  resumeStep(queue, step)
  if (run.isOutranked) return
  run.isOutranked = true
  effects.emit({ kind: "run_outranked" })
  if (run.isAssistance) cancelTimers(run)
  else addTask(run, waitWhileOutranked(run))
}

async function waitWhileOutranked(run: ActiveRun): Promise<void> {
  const { effects, timers } = run
  do {
    const timer = effects.startTimer(pauseMs)
    timers.add(timer)
    await timer.ended
    timers.delete(timer)
  } while (!shouldStop(run) && (await effects.ledger.isOutranked()))
  run.isOutranked = false
}
