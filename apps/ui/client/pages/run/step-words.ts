import type { StepRow } from "../../api/documents.ts"
import type { StateName } from "../../ui/state-names.ts"

const stepStates: Readonly<Record<StepRow["outcome"], StateName>> = {
  materialized: "fresh",
  reused: "fresh",
  unchanged: "fresh",
  checked: "fresh",
  checks_failed: "failed",
  failed: "failed",
  skipped: "blocked",
}

/** Returns the state as which the outcome of a step is drawn. */
export function getStepState(outcome: StepRow["outcome"]): StateName {
  return stepStates[outcome]
}

const stepWords: Readonly<Record<StepRow["outcome"], string>> = {
  materialized: "materialized",
  reused: "reused",
  unchanged: "same inputs",
  checked: "checked",
  checks_failed: "checks failed",
  failed: "failed",
  skipped: "blocked",
}

/** Returns the words of the outcome of a step. */
export function formatStepOutcome(outcome: StepRow["outcome"]): string {
  return stepWords[outcome]
}
