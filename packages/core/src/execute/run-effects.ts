import type { Evaluation } from "../evaluate/states.ts"
import type { Effects } from "../ports.ts"

/** The interfaces of the outside world that a run uses, and its view of what other runs record. */
export interface RunEffects extends Effects {
  /** Evaluates the project with the landed files and the records of the ledger as they are at the call. */
  readonly readEvaluation: () => Promise<Evaluation>
}
