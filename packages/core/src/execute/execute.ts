import { type Plan, type Step, stepCount } from "../plan/plan.ts"
import type { Evaluation } from "../plan/states.ts"
import { FreshetError } from "../problem.ts"
import type { AssetRange, Effects, RunIntent, RunOutcome, StepOutcome } from "./effects.ts"
import { addObstacles, obstacleOf } from "./obstacles.ts"
import {
  type Performed,
  applyToState,
  isPassable,
  perform,
  skipped,
  stepRecord,
} from "./perform.ts"
import { type PublicationResult, publishSets } from "./publish-sets.ts"
import { recordBook } from "./record-book.ts"
import { type RunState, recordsNeeded, startState } from "./run-state.ts"
import {
  type StepQueue,
  endStep,
  nextSteps,
  readyStep,
  startStep,
  stepQueue,
} from "./step-queue.ts"
import { shareOf } from "./step-weight.ts"

/** How a run is to be made. */
export interface RunOptions {
  /** The command as a person would type it. */
  readonly command: string
  /** How many steps may be under way at once. */
  readonly concurrency: number
  /** Whether the first failure keeps further steps from starting. */
  readonly failFast: boolean
}

/** What came of a run. */
export interface RunResult {
  readonly run: string
  readonly outcome: RunOutcome
  /** Step → how it ended, in the order of the plan; steps that never started are not in it. */
  readonly steps: ReadonlyMap<string, StepOutcome>
  readonly publications: readonly PublicationResult[]
}

/** The records of so many computations are asked for at once, before any of them starts. */
const askedAhead = 100

interface Running {
  readonly id: string
  readonly state: RunState
  readonly effects: Effects
  readonly options: RunOptions
  readonly queue: StepQueue
  readonly outcomes: Map<string, StepOutcome>
  /** One promise a step that the ledger is told of; commits keep the order of the calls. */
  readonly recordings: Promise<void>[]
  /** Becomes true when a step ended badly. */
  isBad: boolean
  /** Becomes true when the ledger did not take a record: work that follows could not be recorded. */
  unrecorded: boolean
}

/** Performs a plan: each step when what it needs is there, each recorded before the next one counts on it; then publishes. */
export async function execute(
  evaluation: Evaluation,
  plan: Plan,
  effects: Effects,
  options: RunOptions,
): Promise<RunResult> {
  const id = effects.newId()
  const steps = stepCount(plan)
  await effects.ledger.beginRun({ id, command: options.command, steps, work: workOf(plan) })
  effects.emit({ kind: "run_started", run: id, steps })
  const running: Running = {
    id,
    state: startState(evaluation, recordBook(effects.ledger)),
    effects,
    options,
    queue: stepQueue(evaluation, plan),
    outcomes: new Map(),
    recordings: [],
    isBad: false,
    unrecorded: false,
  }
  const interrupted = await runSteps(running)
  await Promise.all(running.recordings)
  const publications = interrupted ? [] : await publishSets(running.state, plan, effects, id)
  const outcome = runOutcome(running, interrupted || effects.signal.aborted, publications)
  await effects.ledger.endRun({ id, outcome })
  effects.emit({ kind: "run_ended", run: id, outcome })
  return { run: id, outcome, steps: running.outcomes, publications }
}

function workOf({ work }: Plan): RunIntent["work"] {
  return Object.fromEntries(work.map(({ computation, ranges }) => [computation.name, ranges]))
}

function runOutcome(
  running: Running,
  interrupted: boolean,
  publications: readonly PublicationResult[],
): RunOutcome {
  if (interrupted) return "interrupted"
  const unfit = [...running.state.fit.values()].includes(false)
  return running.isBad || unfit || publications.some(({ error }) => error !== undefined)
    ? "failed"
    : "succeeded"
}

function isBad(outcome: StepOutcome): boolean {
  return outcome.kind === "failed" || outcome.kind === "refused" || outcome.kind === "skipped"
}

/** Runs steps as they become ready, a few at once; true when it was interrupted. */
async function runSteps(running: Running): Promise<boolean> {
  const { queue, state } = running
  const underWay = new Set<Promise<void>>()
  const thrown: unknown[] = [] // kept, since a step may end while nobody waits for it
  try {
    await state.book.load(firstNeeds(running))
    for (;;) {
      for (let step = await stepToStart(running); step; step = await stepToStart(running)) {
        if (thrown.length > 0) break
        startStep(queue, step)
        const performing = runStep(running, step)
          .catch((error: unknown) => void thrown.push(error))
          .finally(() => underWay.delete(performing))
        underWay.add(performing)
      }
      if (thrown.length > 0) throw thrown[0]
      if (underWay.size === 0) return running.effects.signal.aborted
      await Promise.race(underWay)
    }
  } catch (error) {
    await Promise.allSettled([...underWay, ...running.recordings])
    if (error instanceof FreshetError && error.code === "interrupted") return true
    throw error
  }
}

/** The records that the first steps ask for: one question for many computations, where each would wait for its own answer. */
function firstNeeds({ queue, state: { evaluation } }: Running): readonly AssetRange[] {
  const steps = nextSteps(queue).slice(0, askedAhead)
  return steps.flatMap((step) => recordsNeeded(evaluation, step))
}

/** The next step, if one may start now: as many as may run at once, but fewer that read much. */
async function stepToStart(running: Running): Promise<Step | undefined> {
  const { queue, options, state } = running
  if (shouldStop(running) || queue.underWay.size >= options.concurrency) return undefined
  const step = readyStep(queue)
  if (step === undefined) return undefined
  await state.book.load(recordsNeeded(state.evaluation, step))
  if (shouldStop(running)) return undefined
  const taken = [...queue.underWay].reduce((sum, each) => sum + shareOf(state, each), 0)
  return taken + shareOf(state, step) <= 1 ? step : undefined
}

function shouldStop({ effects, options, isBad, unrecorded }: Running): boolean {
  return unrecorded || effects.signal.aborted || (options.failFast && isBad)
}

async function runStep(running: Running, step: Step): Promise<void> {
  const { effects, state, outcomes } = running
  const startedMs = effects.nowMs()
  const obstacle = obstacleOf(state.obstacles, step)
  effects.emit({ kind: "step_started", step: step.id })
  const performed = obstacle === undefined ? await perform(state, step, effects) : skipped(obstacle)
  record(running, step, performed, startedMs)
  applyToState(state, step, performed)
  outcomes.set(step.id, performed.outcome)
  endStep(running.queue, step)
  if (isBad(performed.outcome)) running.isBad = true
  addObstacles(state.obstacles, step, unreadable(step, performed))
}

/** The assets whose rows nobody may go on from: all that a step did not make, or those that failed a check. */
function unreadable(step: Step, { outcome, checks }: Performed): readonly string[] {
  if (isBad(outcome))
    return step.kind === "check"
      ? [step.asset.name]
      : step.computation.outputs.map(({ asset }) => asset)
  return checks.filter((check) => !isPassable(check)).map(({ asset }) => asset)
}

/**
 * Tells the ledger, without waiting for its answer: what comes after may begin, since its own record is committed
 * after this one or not at all.
 */
function record(running: Running, step: Step, performed: Performed, startedMs: number): void {
  const { effects, state, id } = running
  const entry = stepRecord(state, step, performed, { id, startedMs, effects })
  const recording = effects.ledger
    .recordStep(entry)
    .then(() => emitEnd(effects, step, performed, entry.endedMs - startedMs))
  recording.catch(() => (running.unrecorded = true)) // the error itself is met where the recordings are awaited
  running.recordings.push(recording)
}

function emitEnd(effects: Effects, step: Step, performed: Performed, ms: number): void {
  const { outcome, checks, lineCounts, changed } = performed
  const rows = performed.outputs.reduce((sum, output) => sum + output.rows, 0)
  effects.emit({
    kind: "step_ended",
    step: step.id,
    outcome,
    rows,
    ms,
    checks,
    lineCounts,
    changed,
  })
}
