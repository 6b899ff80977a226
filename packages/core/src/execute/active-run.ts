import type { Evaluation } from "../evaluate/states.ts"
import type { Plan } from "../plan/plan.ts"
import type { Effects, StepOutcome, Timer } from "../ports.ts"
import { createMaterializationCache } from "./materialization-cache.ts"
import { type RunState, createRunState } from "./run-state.ts"
import { type PoolLimits, type StepQueue, createStepQueue } from "./step-queue.ts"

/** The options of a run. */
export interface RunOptions {
  /** The maximum number of concurrent steps. */
  readonly concurrency: number
  readonly pools: PoolLimits
  /** Starts no further steps after the first failure. */
  readonly failFast: boolean
}

/** A run whose steps are executed. */
export interface ActiveRun {
  readonly id: string
  readonly state: RunState
  readonly effects: Effects
  readonly options: RunOptions
  readonly queue: StepQueue
  readonly outcomes: Map<string, StepOutcome>
  /** One promise per recorded step; the ledger commits in the order of the calls. */
  readonly recordings: Promise<void>[]
  /** The running steps and the pauses before further attempts. */
  readonly tasks: Set<Promise<void>>
  readonly timers: Set<Timer>
  /** The errors that end the run, collected since a task may fail while no promise is awaited. */
  readonly errors: unknown[]
  /** Step → the number of its failed attempts. */
  readonly failedAttempts: Map<string, number>
  /** A step that waits for another process or a slot of its pool → the number of times that its claim was refused. */
  readonly waits: Map<string, number>
  /** True: the run belongs to another process. */
  readonly isAssistance: boolean
  /** True while a run of a higher priority executes steps. */
  isOutranked: boolean
  /** The pools for whose slots the run waits, as the ledger records them; undefined while it can execute a step. */
  awaitedPools: readonly string[] | undefined
  /** Becomes true when a step failed. */
  hasFailures: boolean
  /** Becomes true when the ledger failed to record a step: later steps could not be recorded either. */
  hasRecordError: boolean
}

/** The state at the start of a run, and its steps. */
interface RunStart {
  readonly evaluation: Evaluation
  readonly plan: Pick<Plan, "checks" | "work">
  readonly isAssistance?: boolean
}

/** Starts a run over the state of an evaluation. */
export function startRun(
  id: string,
  { evaluation, plan, isAssistance = false }: RunStart,
  effects: Effects,
  options: RunOptions,
): ActiveRun {
  return {
    id,
    state: createRunState(evaluation, createMaterializationCache(effects.ledger)),
    effects,
    options,
    queue: createStepQueue(evaluation, plan),
    outcomes: new Map(),
    recordings: [],
    tasks: new Set(),
    timers: new Set(),
    errors: [],
    failedAttempts: new Map(),
    waits: new Map(),
    isAssistance,
    isOutranked: false,
    awaitedPools: undefined,
    hasFailures: false,
    hasRecordError: false,
  }
}

/** Adds a task of a run: a running step or a pause. Its error ends the run. */
export function addTask({ tasks, errors }: ActiveRun, work: Promise<void>): void {
  const task = work
    .catch((error: unknown) => void errors.push(error))
    .finally(() => tasks.delete(task))
  tasks.add(task)
}

/** Ends all pauses of a run. */
export function cancelTimers({ timers }: ActiveRun): void {
  for (const timer of timers) timer.cancel()
}

/** Tests whether no further step may start. */
export function shouldStop(run: ActiveRun): boolean {
  return isAborted(run) || (run.options.failFast && run.hasFailures)
}

/** Tests whether no further step can be recorded, or this process leaves the run of another one. */
export function isAborted(run: ActiveRun): boolean {
  const { effects, errors, hasRecordError } = run
  const isLeaving = run.isAssistance && run.isOutranked
  return hasRecordError || effects.signal.aborted || errors.length > 0 || isLeaving
}

/** Adds a record of a run that is under way. After a failed one, nothing more can be recorded. */
export function addRecording(run: ActiveRun, recording: Promise<void>): void {
  recording.catch(() => {
    run.hasRecordError = true // the error itself is thrown where the recordings are awaited
    cancelTimers(run)
  })
  run.recordings.push(recording)
}
