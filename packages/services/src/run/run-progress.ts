import type { RunEvent, StepEndedEvent, StepOutcome, StepReference } from "@freshet/core/engine"

import type { PlanDocument, PlanStepDocument } from "../documents/plan.ts"

/** The progress of a run: a fold of its events. */
export interface RunProgress {
  readonly total: number
  readonly ended: number
  readonly startedMs: number
  /** Running steps by id, the oldest first. */
  readonly running: ReadonlyMap<string, RunningStep>
  /** Progress by computation; changed checks are listed as `check ASSET`. */
  readonly computations: ReadonlyMap<string, ComputationProgress>
  /** The publication set and partition that is being published. */
  readonly publishing: string | undefined
}

export interface RunningStep {
  readonly name: string
  readonly partition: string
  readonly startedMs: number
  readonly share: number
}

/** The steps of one computation, counted. */
export interface ComputationProgress {
  readonly planned: number
  readonly ended: number
  /** The noun of one of its partitions. */
  readonly noun: string
  /** The key of its partition, when only one is planned. */
  readonly singleKey: string | undefined
  readonly rows: number
  readonly ms: number
  readonly outcomes: Readonly<Partial<Record<StepOutcome["kind"], number>>>
  readonly quarantined: number
  readonly failedChecks: number
}

const emptyProgress: ComputationProgress = {
  planned: 0,
  ended: 0,
  noun: "partition",
  singleKey: undefined,
  rows: 0,
  ms: 0,
  outcomes: {},
  quarantined: 0,
  failedChecks: 0,
}

/** Starts the progress of a plan. */
export function startProgress({ steps, step_count }: PlanDocument, nowMs: number): RunProgress {
  const computations = new Map<string, ComputationProgress>()
  for (const step of steps) {
    const name = step.kind === "check" ? `check ${step.asset}` : step.computation
    const progress = computations.get(name)
    computations.set(name, addPlannedStep(progress, step))
  }
  return {
    total: step_count,
    ended: 0,
    startedMs: nowMs,
    running: new Map(),
    computations,
    publishing: undefined,
  }
}

/** A computation has one planned step for each reason. */
function addPlannedStep(
  progress: ComputationProgress = emptyProgress,
  { count, partition_noun: noun, partitions: [range] }: PlanStepDocument,
): ComputationProgress {
  const planned = progress.planned + count
  return { ...progress, planned, noun, singleKey: planned === 1 ? range?.from : undefined }
}

/** Returns the name under which a step is listed: its computation, or the check of an asset. */
export function getStepName({ computation, check }: StepReference): string {
  return check === undefined ? computation : `check ${check}`
}

/** Returns the progress after one more event. */
export function applyEvent(progress: RunProgress, event: RunEvent, nowMs: number): RunProgress {
  switch (event.kind) {
    case "step_started": {
      const { partition } = event
      const running = { name: getStepName(event), partition, startedMs: nowMs, share: 0 }
      return { ...progress, running: new Map([...progress.running, [event.step, running]]) }
    }
    case "step_progress": {
      const runningStep = progress.running.get(event.step)
      if (runningStep === undefined) return progress
      const running = { ...runningStep, share: event.share }
      return { ...progress, running: new Map([...progress.running, [event.step, running]]) }
    }
    case "attempt_failed":
      return { ...progress, running: removeStep(progress, event) }
    case "step_ended":
      return endStep(progress, event)
    case "publish_started":
      return { ...progress, publishing: `${event.set} ${event.partition}`.trimEnd() }
    case "publish_ended":
      return { ...progress, publishing: undefined }
    case "run_started":
    case "step_waiting":
    case "run_outranked":
    case "step_logged":
    case "run_ended":
      return progress
  }
}

function removeStep({ running }: RunProgress, { step }: StepReference): RunProgress["running"] {
  return new Map([...running].filter(([id]) => id !== step))
}

function endStep(progress: RunProgress, event: StepEndedEvent): RunProgress {
  const running = removeStep(progress, event)
  const name = getStepName(event)
  const computation = addEndedStep(progress.computations.get(name) ?? emptyProgress, event)
  const computations = new Map([...progress.computations, [name, computation]])
  return { ...progress, running, computations, ended: progress.ended + 1 }
}

function addEndedStep(progress: ComputationProgress, event: StepEndedEvent): ComputationProgress {
  const { lineCounts, checks, outcome } = event
  return {
    ...progress,
    ended: progress.ended + 1,
    rows: progress.rows + event.rows,
    ms: progress.ms + event.ms,
    outcomes: { ...progress.outcomes, [outcome.kind]: (progress.outcomes[outcome.kind] ?? 0) + 1 },
    quarantined: lineCounts.reduce((sum, line) => sum + line.quarantined, progress.quarantined),
    failedChecks: progress.failedChecks + checks.filter(({ passed }) => !passed).length,
  }
}
