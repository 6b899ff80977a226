import { toCanonicalJson } from "../evaluate/declared-versions.ts"
import { findCodeVersion } from "../evaluate/states.ts"
import type { Evaluation } from "../evaluate/states.ts"
import { type Plan, countSteps } from "../plan/plan.ts"
import type { Effects, RunIntent, RunOutcome, StepOutcome } from "../ports.ts"
import { type ActiveRun, type RunOptions, startRun } from "./active-run.ts"
import { publishPlan } from "./publish-plan.ts"
import { type PublicationResult } from "./publish-sets.ts"
import type { RunEffects } from "./run-effects.ts"
import type { RunKind } from "./run-kind.ts"
import { runSteps } from "./run-steps.ts"

/** Describes a run in the ledger. */
export interface RunDescription {
  /** The command line that started the run. */
  readonly command: string
  readonly kind: RunKind
  readonly requestedMs?: number | undefined
}

/** The result of a run. */
export interface RunResult {
  readonly run: string
  readonly outcome: RunOutcome
  /** Step → its outcome, in the order of the ends; steps that did not start are not in it. */
  readonly steps: ReadonlyMap<string, StepOutcome>
  readonly publications: readonly PublicationResult[]
}

/** Executes a plan, then publishes. A step starts when its upstream steps have ended; its record is committed before the records of later steps. */
export async function execute(
  evaluation: Evaluation,
  plan: Plan,
  effects: RunEffects,
  options: RunOptions & RunDescription,
): Promise<RunResult> {
  const id = effects.newId()
  const steps = countSteps(plan)
  const { command, kind, requestedMs } = options
  await effects.ledger.beginRun({
    id,
    command,
    kind,
    requestedMs,
    steps,
    work: toWorkByComputation(plan),
    codeVersion: computeWorkVersion(evaluation, plan, effects),
  })
  effects.emit({ kind: "run_started", run: id, steps })
  const run = startRun(id, { evaluation, plan }, effects, options)
  const interrupted = await runSteps(run)
  const publications = interrupted ? [] : await publishPlan(run.state, plan, effects, id)
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

/**
 * Executes steps of a run of another process, whose claims decide which process does a step. That process publishes and
 * ends the run. Steps that only run checks are its own. The assistance ends when a run of a higher priority is under way.
 */
export async function assistRun(
  { run: id, evaluation, work }: RunAssistance,
  effects: Effects,
  options: RunOptions,
): Promise<void> {
  const assistance = { evaluation, plan: { work, checks: [] }, isAssistance: true }
  await runSteps(startRun(id, assistance, effects, options))
}

/** The run of another process, and the part of its work that has not ended. */
export interface RunAssistance {
  readonly run: string
  readonly evaluation: Evaluation
  readonly work: Plan["work"]
}

/** Computes the version of the code of all planned computations: a process with other code cannot assist. */
export function computeWorkVersion(
  evaluation: Evaluation,
  { work }: Pick<Plan, "work">,
  { hash }: Pick<Effects, "hash">,
): string {
  const versions = work.map(({ computation }) => [
    computation.name,
    findCodeVersion(evaluation, computation) ?? "",
  ])
  return hash(toCanonicalJson(Object.fromEntries(versions)))
}
