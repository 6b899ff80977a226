import type { RunEvent, StepEndedEvent, StepOutcome } from "@freshet/core/engine"

/** A part of a run and its time. `name` identifies it among the parts of its run. */
export interface RunSpan {
  readonly run: string
  readonly kind: "run" | "step" | "publication"
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Readonly<Record<string, string | number>>
  /** The message of a failure. */
  readonly error: string | undefined
}

/** The open parts of a run that this process executes. */
interface OpenParts {
  run: string
  /** Undefined for a run of another process. */
  startMs: number | undefined
  readonly stepStarts: Map<string, number>
}

/** Creates a function that returns the span which an event ends. `joinedRun` is the id of a run of another process. */
export function createSpanBuilder(
  nowMs: () => number,
  joinedRun: string | undefined,
): (event: RunEvent) => RunSpan | undefined {
  const parts: OpenParts = { run: joinedRun ?? "", startMs: undefined, stepStarts: new Map() }
  return (event) => {
    if (event.kind === "run_started") {
      parts.run = event.run
      parts.startMs = nowMs()
    }
    if (event.kind === "step_started") parts.stepStarts.set(event.step, nowMs())
    if (event.kind === "step_ended" && !event.elsewhere) return buildStepSpan(parts, event, nowMs())
    if (event.kind === "publish_ended") return buildPublicationSpan(parts, event, nowMs())
    if (event.kind === "run_ended") return buildRunSpan(parts, event, nowMs())
    return undefined
  }
}

function buildStepSpan(
  { run, stepStarts }: OpenParts,
  event: StepEndedEvent,
  endMs: number,
): RunSpan {
  const { step, computation, partition, check, outcome, attempts, rows, ms } = event
  const startMs = stepStarts.get(step) ?? endMs - ms
  stepStarts.delete(step)
  const base = { run, kind: "step", name: `${check ?? computation} ${partition}` } as const
  const attributes = {
    "freshet.asset": check ?? computation,
    "freshet.partition": partition,
    "freshet.outcome": outcome.kind,
    "freshet.attempts": attempts,
    "freshet.rows": rows,
  }
  return { ...base, startMs, endMs, attributes, error: findError(outcome) }
}

function findError(outcome: StepOutcome) {
  if (outcome.kind === "failed") return outcome.message
  return outcome.kind === "checks_failed" ? "A check failed." : undefined
}

function buildPublicationSpan(
  { run }: OpenParts,
  { set, partition, ms, error }: Extract<RunEvent, { kind: "publish_ended" }>,
  endMs: number,
): RunSpan {
  const attributes = { "freshet.set": set, "freshet.partition": partition }
  const base = { run, kind: "publication", name: `publish ${set} ${partition}` } as const
  return { ...base, startMs: endMs - ms, endMs, attributes, error }
}

function buildRunSpan(
  { startMs }: OpenParts,
  { run, outcome }: Extract<RunEvent, { kind: "run_ended" }>,
  endMs: number,
): RunSpan | undefined {
  if (startMs === undefined) return undefined
  const attributes = { "freshet.run": run, "freshet.outcome": outcome }
  const error = outcome === "failed" ? "The run failed." : undefined
  return { run, kind: "run", name: "freshet run", startMs, endMs, attributes, error }
}
