import type { Plan, RunEvent, Step, StepOutcome } from "@freshet/core"

/** What a watcher of a run knows: a fold of its events. */
export interface Progress {
  readonly total: number
  readonly ended: number
  readonly failed: number
  readonly startedMs: number
  /** Steps under way, oldest first. */
  readonly running: ReadonlyMap<string, RunningStep>
  readonly computations: ReadonlyMap<string, ComputationProgress>
  readonly publishing: string | undefined
}

export interface RunningStep {
  readonly computation: string
  readonly key: string
  readonly startedMs: number
  readonly share: number
}

/** The steps of one computation, counted. */
export interface ComputationProgress {
  readonly planned: number
  readonly ended: number
  readonly keys: readonly string[]
  readonly rows: number
  readonly ms: number
  readonly outcomes: Readonly<Partial<Record<StepOutcome["kind"], number>>>
  readonly quarantined: number
  readonly failedChecks: number
}

const untouched: ComputationProgress = {
  planned: 0,
  ended: 0,
  keys: [],
  rows: 0,
  ms: 0,
  outcomes: {},
  quarantined: 0,
  failedChecks: 0,
}

/** Nothing done yet of a plan. */
export function startProgress(plan: Plan, nowMs: number): Progress {
  const computations = new Map<string, ComputationProgress>()
  for (const step of plan.steps) {
    const name = stepName(step)
    const known = computations.get(name) ?? untouched
    computations.set(name, {
      ...known,
      planned: known.planned + 1,
      keys: [...known.keys, step.key],
    })
  }
  return {
    total: plan.steps.length,
    ended: 0,
    failed: 0,
    startedMs: nowMs,
    running: new Map(),
    computations,
    publishing: undefined,
  }
}

/** What a step is listed under: the computation, or the check of an asset. */
export function stepName(step: Step): string {
  return step.kind === "check" ? `check ${step.asset.name}` : step.computation.name
}

/** The progress after one more event. `steps` are those of the plan by id. */
export function afterEvent(
  progress: Progress,
  event: RunEvent,
  steps: ReadonlyMap<string, Step>,
  nowMs: number,
): Progress {
  switch (event.kind) {
    case "step_started": {
      const step = steps.get(event.step)
      if (step === undefined) return progress
      const running = { computation: stepName(step), key: step.key, startedMs: nowMs, share: 0 }
      return { ...progress, running: new Map([...progress.running, [event.step, running]]) }
    }
    case "step_progress": {
      const known = progress.running.get(event.step)
      if (known === undefined) return progress
      const running = { ...known, share: event.share }
      return { ...progress, running: new Map([...progress.running, [event.step, running]]) }
    }
    case "step_ended":
      return afterStep(progress, event, steps)
    case "publish_started":
      return { ...progress, publishing: `${event.set} ${event.partition}` }
    case "publish_ended":
      return { ...progress, publishing: undefined }
    case "run_started":
    case "run_ended":
      return progress
  }
}

type StepEnded = Extract<RunEvent, { kind: "step_ended" }>

function afterStep(
  progress: Progress,
  event: StepEnded,
  steps: ReadonlyMap<string, Step>,
): Progress {
  const step = steps.get(event.step)
  if (step === undefined) return progress
  const running = new Map([...progress.running].filter(([id]) => id !== event.step))
  const name = stepName(step)
  const known = progress.computations.get(name) ?? untouched
  const computations = new Map([...progress.computations, [name, added(known, event)]])
  const failed = progress.failed + (isBad(event.outcome) ? 1 : 0)
  return { ...progress, running, computations, failed, ended: progress.ended + 1 }
}

/** Whether a step did not give what it was to give. */
export function isBad({ kind }: StepOutcome): boolean {
  return kind === "failed" || kind === "refused" || kind === "skipped"
}

function added(known: ComputationProgress, event: StepEnded): ComputationProgress {
  const { kind } = event.outcome
  return {
    ...known,
    ended: known.ended + 1,
    rows: known.rows + event.rows,
    ms: known.ms + event.ms,
    outcomes: { ...known.outcomes, [kind]: (known.outcomes[kind] ?? 0) + 1 },
    quarantined: event.lineCounts.reduce((sum, line) => sum + line.quarantined, known.quarantined),
    failedChecks: known.failedChecks + event.checks.filter(({ passed }) => !passed).length,
  }
}
