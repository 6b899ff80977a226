import type { Plan, Step } from "../plan/plan.ts"
import type { Evaluation } from "../plan/staleness.ts"
import { FreshetError } from "../problem.ts"
import type { Effects, RunOutcome, StepOutcome } from "./effects.ts"
import {
  type Performed,
  applyToState,
  isPassable,
  perform,
  skipped,
  stepRecord,
} from "./perform.ts"
import { type PublicationResult, publishSets } from "./publish-sets.ts"
import { type RunState, startState } from "./run-state.ts"
import { isHeavy } from "./step-weight.ts"

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

interface Running {
  readonly id: string
  readonly state: RunState
  readonly effects: Effects
  readonly options: RunOptions
  readonly outcomes: Map<string, StepOutcome>
  /** The steps that hold back what comes after them: they failed, or an error check of theirs did. */
  readonly obstacles: Set<string>
  /** One promise a step that the ledger is told of; commits keep the order of the calls. */
  readonly recordings: Promise<void>[]
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
  await effects.ledger.beginRun({ id, command: options.command, steps: plan.steps.length })
  effects.emit({ kind: "run_started", run: id, steps: plan.steps.length })
  const state = startState(evaluation)
  const begun = {
    outcomes: new Map(),
    obstacles: new Set<string>(),
    recordings: [],
    unrecorded: false,
  }
  const running: Running = { id, state, effects, options, ...begun }
  const interrupted = await runSteps(running, plan.steps)
  await Promise.all(running.recordings)
  const publications = interrupted ? [] : await publishSets(state, plan, effects, id)
  const outcome = runOutcome(running, interrupted || effects.signal.aborted, publications)
  await effects.ledger.endRun({ id, outcome })
  effects.emit({ kind: "run_ended", run: id, outcome })
  const steps = plan.steps.flatMap((step) => {
    const ended = running.outcomes.get(step.id)
    return ended === undefined ? [] : ([[step.id, ended]] as const)
  })
  return { run: id, outcome, steps: new Map(steps), publications }
}

function runOutcome(
  running: Running,
  interrupted: boolean,
  publications: readonly PublicationResult[],
): RunOutcome {
  if (interrupted) return "interrupted"
  const bad = [...running.outcomes.values()].some(isBad)
  const unfit = [...running.state.fit.values()].includes(false)
  return bad || unfit || publications.some(({ error }) => error !== undefined)
    ? "failed"
    : "succeeded"
}

function isBad(outcome: StepOutcome): boolean {
  return outcome.kind === "failed" || outcome.kind === "refused" || outcome.kind === "skipped"
}

/** Runs steps as they become ready, a few at once; true when it was interrupted. */
async function runSteps(running: Running, steps: readonly Step[]): Promise<boolean> {
  const queue = new Map(steps.map((step) => [step.id, step]))
  const underWay = new Map<Step, Promise<void>>()
  const start = (step: Step): void => {
    queue.delete(step.id)
    underWay.set(
      step,
      runStep(running, step).finally(() => underWay.delete(step)),
    )
  }
  try {
    for (;;) {
      const stopping = shouldStop(running)
      for (const step of stopping ? [] : readySteps(queue, running, [...underWay.keys()]))
        start(step)
      if (underWay.size === 0) return running.effects.signal.aborted
      await Promise.race(underWay.values())
    }
  } catch (error) {
    await Promise.allSettled([...underWay.values(), ...running.recordings])
    if (error instanceof FreshetError && error.code === "interrupted") return true
    throw error
  }
}

function shouldStop({ effects, options, outcomes, unrecorded }: Running): boolean {
  return (
    unrecorded || effects.signal.aborted || (options.failFast && [...outcomes.values()].some(isBad))
  )
}

/** The next steps to start: as many as may run at once, but one that reads much runs alone. */
function readySteps(
  queue: ReadonlyMap<string, Step>,
  { outcomes, options, state }: Running,
  underWay: readonly Step[],
): Step[] {
  if (underWay.some((step) => isHeavy(state, step))) return []
  const ready: Step[] = []
  for (const step of queue.values()) {
    const running = underWay.length + ready.length
    if (running >= options.concurrency) break
    if (!step.after.every((id) => outcomes.has(id))) continue
    if (!isHeavy(state, step)) ready.push(step)
    else if (running === 0) return [step]
  }
  return ready
}

async function runStep(running: Running, step: Step): Promise<void> {
  const { effects, state, outcomes } = running
  const startedMs = effects.nowMs()
  const obstacle = step.after.find((id) => running.obstacles.has(id))
  effects.emit({ kind: "step_started", step: step.id })
  const performed = obstacle === undefined ? await perform(state, step, effects) : skipped(obstacle)
  record(running, step, performed, startedMs)
  applyToState(state, step, performed)
  outcomes.set(step.id, performed.outcome)
  if (isBad(performed.outcome) || !performed.checks.every(isPassable))
    running.obstacles.add(step.id)
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
