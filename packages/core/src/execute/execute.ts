import type { Evaluation } from "../evaluate/states.ts"
import { type Plan, type Step, countSteps, toStepReference } from "../plan/plan.ts"
import type { AssetRange, Effects, RunIntent, RunOutcome, StepOutcome } from "../ports.ts"
import { FreshetError } from "../problem.ts"
import { addBlockers, findBlocker } from "./blockers.ts"
import { createMaterializationCache } from "./materialization-cache.ts"
import { type PublicationResult, publishSets } from "./publish-sets.ts"
import { type RunState, listNeededRecords, createRunState } from "./run-state.ts"
import {
  type StepResult,
  applyResult,
  passes,
  runStep,
  toSkippedResult,
  buildStepRecord,
} from "./run-step.ts"
import {
  type StepQueue,
  endStep,
  listNextSteps,
  findReadyStep,
  startStep,
  createStepQueue,
} from "./step-queue.ts"
import { estimateShare } from "./step-share.ts"

/** The options of a run. */
export interface RunOptions {
  /** The command line that started the run. */
  readonly command: string
  /** The maximum number of concurrent steps. */
  readonly concurrency: number
  /** Starts no further steps after the first failure. */
  readonly failFast: boolean
}

/** The result of a run. */
export interface RunResult {
  readonly run: string
  readonly outcome: RunOutcome
  /** Step → its outcome, in the order of the ends; steps that did not start are not in it. */
  readonly steps: ReadonlyMap<string, StepOutcome>
  readonly publications: readonly PublicationResult[]
}

/** The maximum number of computations whose records are read together before the first step starts. */
const maxPrefetchedSteps = 100

interface ActiveRun {
  readonly id: string
  readonly state: RunState
  readonly effects: Effects
  readonly options: RunOptions
  readonly queue: StepQueue
  readonly outcomes: Map<string, StepOutcome>
  /** One promise per recorded step; the ledger commits in the order of the calls. */
  readonly recordings: Promise<void>[]
  /** Becomes true when a step failed. */
  hasFailures: boolean
  /** Becomes true when the ledger failed to record a step: later steps could not be recorded either. */
  hasRecordError: boolean
}

/** Executes a plan, then publishes. A step starts when its upstream steps have ended; its record is committed before the records of later steps. */
export async function execute(
  evaluation: Evaluation,
  plan: Plan,
  effects: Effects,
  options: RunOptions,
): Promise<RunResult> {
  const id = effects.newId()
  const steps = countSteps(plan)
  await effects.ledger.beginRun({
    id,
    command: options.command,
    steps,
    work: toWorkByComputation(plan),
  })
  effects.emit({ kind: "run_started", run: id, steps })
  const run: ActiveRun = {
    id,
    state: createRunState(evaluation, createMaterializationCache(effects.ledger)),
    effects,
    options,
    queue: createStepQueue(evaluation, plan),
    outcomes: new Map(),
    recordings: [],
    hasFailures: false,
    hasRecordError: false,
  }
  const interrupted = await runSteps(run)
  await Promise.all(run.recordings)
  const publications = interrupted ? [] : await publishSets(run.state, plan, effects, id)
  const outcome = toRunOutcome(run, interrupted || effects.signal.aborted, publications)
  await effects.ledger.endRun({ id, outcome })
  effects.emit({ kind: "run_ended", run: id, outcome })
  return { run: id, outcome, steps: run.outcomes, publications }
}

function toWorkByComputation({ work }: Plan): RunIntent["work"] {
  return Object.fromEntries(work.map(({ computation, ranges }) => [computation.name, ranges]))
}

function toRunOutcome(
  run: ActiveRun,
  interrupted: boolean,
  publications: readonly PublicationResult[],
): RunOutcome {
  if (interrupted) return "interrupted"
  const hasFailedChecks = [...run.state.checksPassed.values()].includes(false)
  return run.hasFailures || hasFailedChecks || publications.some(({ error }) => error !== undefined)
    ? "failed"
    : "succeeded"
}

function isFailure(outcome: StepOutcome): boolean {
  return outcome.kind === "failed" || outcome.kind === "checks_failed" || outcome.kind === "skipped"
}

/** Runs steps concurrently as they become ready. Returns true when the run was interrupted. */
async function runSteps(run: ActiveRun): Promise<boolean> {
  const { queue, state } = run
  const promises = new Set<Promise<void>>()
  const thrown: unknown[] = [] // collected, since a step may fail while no promise is awaited
  try {
    await state.cache.load(listFirstRecords(run))
    for (;;) {
      for (let step = await findStepToStart(run); step; step = await findStepToStart(run)) {
        if (thrown.length > 0) break
        startStep(queue, step)
        const promise = runAndRecordStep(run, step)
          .catch((error: unknown) => void thrown.push(error))
          .finally(() => promises.delete(promise))
        promises.add(promise)
      }
      if (thrown.length > 0) throw thrown[0]
      if (promises.size === 0) return run.effects.signal.aborted
      await Promise.race(promises)
    }
  } catch (error) {
    await Promise.allSettled([...promises, ...run.recordings])
    if (error instanceof FreshetError && error.code === "interrupted") return true
    throw error
  }
}

/** The records that the first steps need, so that one query reads them for many computations. */
function listFirstRecords({ queue, state: { evaluation } }: ActiveRun): readonly AssetRange[] {
  const steps = listNextSteps(queue).slice(0, maxPrefetchedSteps)
  return steps.flatMap((step) => listNeededRecords(evaluation, step))
}

/** Finds a step that may start now, within the limits of concurrency and of memory. */
async function findStepToStart(run: ActiveRun): Promise<Step | undefined> {
  const { queue, options, state } = run
  if (shouldStop(run) || queue.running.size >= options.concurrency) return undefined
  const step = findReadyStep(queue)
  if (step === undefined) return undefined
  await state.cache.load(listNeededRecords(state.evaluation, step))
  if (shouldStop(run)) return undefined
  const usedShare = [...queue.running].reduce(
    (sum, activeStep) => sum + estimateShare(state, activeStep),
    0,
  )
  return usedShare + estimateShare(state, step) <= 1 ? step : undefined
}

function shouldStop({ effects, options, hasFailures, hasRecordError }: ActiveRun): boolean {
  return hasRecordError || effects.signal.aborted || (options.failFast && hasFailures)
}

async function runAndRecordStep(run: ActiveRun, step: Step): Promise<void> {
  const { effects, state, outcomes } = run
  const startedMs = effects.nowMs()
  const blocker = findBlocker(state.blockers, step)
  effects.emit({ kind: "step_started", ...toStepReference(step) })
  const result =
    blocker === undefined ? await runStep(state, step, effects) : toSkippedResult(blocker)
  recordStep(run, step, result, startedMs)
  applyResult(state, step, result)
  outcomes.set(step.id, result.outcome)
  endStep(run.queue, step)
  if (isFailure(result.outcome)) run.hasFailures = true
  addBlockers(state.blockers, step, listUnusableAssets(step, result))
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
  const recording = effects.ledger
    .recordStep(entry)
    .then(() => emitStepEnded(effects, step, result, entry.endedMs - startedMs))
  recording.catch(() => (run.hasRecordError = true)) // the error itself is thrown where the recordings are awaited
  run.recordings.push(recording)
}

function emitStepEnded(effects: Effects, step: Step, result: StepResult, ms: number): void {
  const { outcome, checks, lineCounts, changed } = result
  const rows = result.outputs.reduce((sum, output) => sum + output.rows, 0)
  effects.emit({
    kind: "step_ended",
    ...toStepReference(step),
    outcome,
    rows,
    ms,
    checks,
    lineCounts,
    changed,
  })
}
