import type { MaterializeStep } from "../plan/plan.ts"
import type { Effects, StepOutcome } from "../ports.ts"
import { findMatchingRecords, nameOutputs } from "./output-records.ts"
import type { RunState } from "./run-state.ts"
import { emptyResult, findInputs, type StepResult } from "./run-step.ts"

/**
 * Builds the result of a step that another process has recorded in the same run; undefined if its rows have other inputs
 * than this process would read, so that the step has to run.
 */
export function findRecordedResult(
  state: RunState,
  step: MaterializeStep,
  outcome: StepOutcome,
  effects: Effects,
): StepResult | undefined {
  if (["failed", "checks_failed", "skipped"].includes(outcome.kind))
    return { ...emptyResult, outcome }
  const readyInputs = findInputs(state, step, effects)
  const records = readyInputs && findMatchingRecords(state, step, readyInputs.inputVersions)
  if (records === undefined) return undefined
  const outputs = nameOutputs(step.computation, records)
  return { ...emptyResult, ...readyInputs?.inputs, outputs, outcome }
}
