import { type Step, getComputation, toStepReference } from "../plan/plan.ts"
import type { AssetRange, AttemptRecord, ClaimResult, Effects, StepOutcome } from "../ports.ts"
import { isInterruption } from "../problem.ts"
import {
  type ActiveRun,
  addRecording,
  addTask,
  cancelTimers,
  isAborted,
  shouldStop,
} from "./active-run.ts"
import { addBlockers, findBlocker } from "./blockers.ts"
import { computeClaimPause } from "./claim-pause.ts"
import { claimStep, releaseStep } from "./claim-step.ts"
import { findRecordedResult } from "./recorded-result.ts"
import { computeBackoffMs, getRetries } from "./retry.ts"
import { listNeededRecords } from "./run-state.ts"
import {
  type StepResult,
  applyResult,
  passes,
  runStep,
  toSkippedResult,
  buildStepRecord,
} from "./run-step.ts"
import { openStepLog, type StepLog } from "./step-log.ts"
import {
  delayStep,
  endStep,
  listNextSteps,
  findReadyStep,
  resumeStep,
  startStep,
} from "./step-queue.ts"
import { estimateShare } from "./step-share.ts"
import { endWait, recordWait, waitForTask } from "./wait.ts"
import { yieldStep } from "./yield-step.ts"

/** The maximum number of computations whose records are read together. */
const maxPrefetchedSteps = 100

function isFailure(outcome: StepOutcome): boolean {
  return outcome.kind === "failed" || outcome.kind === "checks_failed" || outcome.kind === "skipped"
}

/** Runs steps concurrently as they become ready, and waits for their records. Returns true when the run was interrupted. */
export async function runSteps(run: ActiveRun): Promise<boolean> {
  const { queue, state, tasks, errors } = run
  try {
    await state.cache.load(listNextRecords(run))
    for (;;) {
      for (let step = await findStepToStart(run); step; step = await findStepToStart(run)) {
        if (errors.length > 0) break
        startStep(queue, step)
        addTask(run, attemptStep(run, step))
      }
      if (errors.length > 0) throw errors[0]
      recordWait(run)
      if (tasks.size === 0) break
      await waitForTask(run)
    }
  } catch (error) {
    run.errors.push(error)
    cancelTimers(run)
    await Promise.allSettled([...tasks, ...run.recordings])
    if (isInterruption(error)) return true
    throw error
  }
  await Promise.all(run.recordings)
  return run.effects.signal.aborted
}

/** Loads the records that a step needs, together with those of the steps after it. */
async function loadRecords(run: ActiveRun, step: Step): Promise<void> {
  const { cache, evaluation } = run.state
  const records = listNeededRecords(evaluation, step)
  await cache.load(cache.has(records) ? records : [...records, ...listNextRecords(run)])
}

/** The records that the next steps need, so that one query reads them for many computations. */
function listNextRecords({ queue, state: { evaluation } }: ActiveRun): readonly AssetRange[] {
  const steps = listNextSteps(queue).slice(0, maxPrefetchedSteps)
  return steps.flatMap((step) => listNeededRecords(evaluation, step))
}

/** Finds a step that may start now, within the limits of concurrency and of memory. */
async function findStepToStart(run: ActiveRun): Promise<Step | undefined> {
  const { queue, options, state } = run
  if (shouldStop(run) || run.isOutranked) return undefined
  if (queue.running.size >= options.concurrency) return undefined
  const step = findReadyStep(queue, options.pools)
  if (step === undefined) return undefined
  await loadRecords(run, step)
  if (shouldStop(run) || run.isOutranked) return undefined
  const usedShare = [...queue.running].reduce(
    (sum, activeStep) => sum + estimateShare(state, activeStep),
    0,
  )
  return usedShare + estimateShare(state, step) <= 1 ? step : undefined
}

async function attemptStep(run: ActiveRun, step: Step): Promise<void> {
  const { effects, state } = run
  const startedMs = effects.nowMs()
  const blocker = findBlocker(state.blockers, step)
  if (blocker !== undefined) return completeStep(run, step, toSkippedResult(blocker), startedMs)
  const claim = await claimStep(state, step, {
    ledger: effects.ledger,
    pools: run.options.pools,
  })
  if (claim.kind === "taken") return waitForOtherProcess(run, step)
  if (claim.kind === "outranked") return yieldStep(run, step)
  endWait(run, step)
  if (claim.failedAttempts > 0) run.failedAttempts.set(step.id, claim.failedAttempts)
  const recordedResult = findResultElsewhere(run, step, claim)
  if (recordedResult !== undefined) return adoptStep(run, step, recordedResult, startedMs)
  effects.emit({ kind: "step_started", ...toStepReference(step) })
  const log = openAttemptLog(run, step)
  const result = await runStep(state, step, { ...effects, log: log.write })
  await log.close()
  if (!planRetry(run, step, result, startedMs)) completeStep(run, step, result, startedMs)
}

/** Finds the result of a step that another process has recorded in this run. */
function findResultElsewhere(
  { state, effects }: ActiveRun,
  step: Step,
  { outcome }: Extract<ClaimResult, { kind: "claimed" }>,
): StepResult | undefined {
  if (outcome === undefined || step.kind === "check") return undefined
  return findRecordedResult(state, step, outcome, effects)
}

/** Ends a step with a result that another process has recorded. */
function adoptStep(run: ActiveRun, step: Step, result: StepResult, startedMs: number): void {
  const { effects } = run
  addRecording(run, releaseStep(step, effects.ledger))
  const attempts = countAttempts(run, step)
  emitStepEnded(effects, step, result, {
    attempts,
    ms: effects.nowMs() - startedMs,
    elsewhere: true,
  })
  endWithResult(run, step, result)
}

/** Starts a pause, after which the step is claimed again: then the other process has done it, or is dead. */
function waitForOtherProcess(run: ActiveRun, step: Step): void {
  const { effects, queue, waits } = run
  const count = waits.get(step.id) ?? 0
  if (count === 0) effects.emit({ kind: "step_waiting", ...toStepReference(step) })
  waits.set(step.id, count + 1)
  delayStep(queue, step)
  addTask(run, pauseStep(run, step, computeClaimPause(count)))
}

function openAttemptLog(run: ActiveRun, step: Step): StepLog {
  const { effects, id } = run
  const attempt = countAttempts(run, step)
  return openStepLog((lines) => {
    const recording = effects.ledger
      .recordLog({ run: id, step: step.id, attempt, lines })
      .then(() => effects.emit({ kind: "step_logged", ...toStepReference(step), lines }))
    addRecording(run, recording)
    return recording.catch(() => {}) // the error is thrown where the recordings are awaited
  }, effects.nowMs)
}

function completeStep(run: ActiveRun, step: Step, result: StepResult, startedMs: number): void {
  recordStep(run, step, result, startedMs)
  endWithResult(run, step, result)
}

function endWithResult(run: ActiveRun, step: Step, result: StepResult): void {
  const { state, outcomes } = run
  applyResult(state, step, result)
  outcomes.set(step.id, result.outcome)
  endStep(run.queue, step)
  if (isFailure(result.outcome)) run.hasFailures = true
  addBlockers(state.blockers, step, listUnusableAssets(step, result))
  if (shouldStop(run)) cancelTimers(run)
}

/** Records a failed attempt and starts the pause before the next one. Returns false if the step has ended. */
function planRetry(run: ActiveRun, step: Step, result: StepResult, startedMs: number): boolean {
  const { effects, queue, failedAttempts } = run
  const { outcome, isRetryable } = result
  const retries = getRetries(step)
  const attempt = countAttempts(run, step)
  if (outcome.kind !== "failed" || !isRetryable || retries === undefined) return false
  if (attempt >= retries.attempts || shouldStop(run)) return false
  const delayMs = computeBackoffMs(retries, attempt, effects.random())
  const { message } = outcome
  failedAttempts.set(step.id, attempt)
  delayStep(queue, step)
  const failure = { attempt, message, startedMs, delayMs }
  addTask(
    run,
    recordAttempt(run, step, failure, retries.attempts).then(() =>
      pauseStep(run, step, delayMs, () => completeStep(run, step, result, startedMs)),
    ),
  )
  return true
}

function countAttempts({ failedAttempts }: ActiveRun, step: Step): number {
  return (failedAttempts.get(step.id) ?? 0) + 1
}

/** Makes a step due after a pause, or ends it with its failure when no further step may start. */
async function pauseStep(
  run: ActiveRun,
  step: Step,
  ms: number,
  endWithFailure?: () => void,
): Promise<void> {
  const { queue } = run
  if (!shouldStop(run)) await waitFor(run, ms)
  if (isAborted(run)) return
  if (shouldStop(run) && endWithFailure !== undefined) endWithFailure()
  else resumeStep(queue, step)
}

async function waitFor({ effects, timers }: ActiveRun, ms: number): Promise<void> {
  const timer = effects.startTimer(ms)
  timers.add(timer)
  await timer.ended
  timers.delete(timer)
}

/** The assets that a step blocks: all its outputs if it failed, otherwise the outputs that failed a check. */
function listUnusableAssets(step: Step, { outcome, checks }: StepResult): readonly string[] {
  if (isFailure(outcome))
    return step.kind === "check"
      ? [step.asset.name]
      : step.computation.outputs.map(({ asset }) => asset)
  return checks.filter((check) => !passes(check)).map(({ asset }) => asset)
}

/**
 * Records a step without waiting for the commit. Downstream steps may start, since their records are committed after
 * this one or not at all.
 */
function recordStep(run: ActiveRun, step: Step, result: StepResult, startedMs: number): void {
  const { effects, state, id } = run
  const entry = buildStepRecord(state, step, result, { id, startedMs, effects })
  const attempts = countAttempts(run, step)
  addRecording(
    run,
    effects.ledger.recordStep(entry).then(() =>
      emitStepEnded(effects, step, result, {
        attempts,
        ms: entry.endedMs - startedMs,
        elsewhere: false,
      }),
    ),
  )
}

/** Records a failed attempt, and releases the step after that: no other process starts it before the end of its pause. */
function recordAttempt(
  run: ActiveRun,
  step: Step,
  failure: Pick<AttemptRecord, "attempt" | "message" | "startedMs" | "delayMs">,
  maxAttempts: number,
): Promise<void> {
  const { effects, id } = run
  const { attempt, message, delayMs } = failure
  const record = {
    ...failure,
    run: id,
    computation: getComputation(step).name,
    partition: step.partition,
    endedMs: effects.nowMs(),
  }
  const event = { ...toStepReference(step), attempt, maxAttempts, message, delayMs }
  const recordAndRelease = async () => {
    await effects.ledger.recordAttempt(record)
    effects.emit({ kind: "attempt_failed", ...event })
    await releaseStep(step, effects.ledger)
  }
  const recording = recordAndRelease()
  addRecording(run, recording)
  return recording
}

function emitStepEnded(
  effects: Effects,
  step: Step,
  result: StepResult,
  execution: { readonly attempts: number; readonly ms: number; readonly elsewhere: boolean },
): void {
  const { outcome, checks, lineCounts, changed } = result
  const rows = result.outputs.reduce((sum, output) => sum + output.rows, 0)
  effects.emit({
    kind: "step_ended",
    ...toStepReference(step),
    ...execution,
    outcome,
    rows,
    checks,
    lineCounts,
    changed,
  })
}
