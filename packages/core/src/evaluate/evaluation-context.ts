import { type Bitset, createBitset } from "../partitions/bitset.ts"
import type { ContentSums } from "./content-sums.ts"
import type { DeclaredVersions } from "./declared-versions.ts"
import { type Lanes, createLanes } from "./fingerprint.ts"
import type { EarlierMaterialization, MaterializationHistory } from "./ledger-snapshot.ts"
import type { NumberedComputation } from "./numbered-graph.ts"
import type { Evaluation } from "./states.ts"
import { type PartitionSpan, type WindowFinder, createWindowFinder } from "./windows.ts"

/** What the judgement of one computation after the other works with. */
export interface EvaluationContext {
  readonly evaluation: Evaluation
  readonly finder: WindowFinder
  /** What readers find of the assets that have been judged, by number. */
  readonly sums: (ContentSums | undefined)[]
  /** What each partition of the computation at hand would be made from, where all of that is known. */
  readonly inputs: Lanes
  /** Those of its partitions that read something which is not known to be right, and those that cannot be made. */
  readonly unknown: Bitset
  readonly blocked: Bitset
  /** What the kept materializations with each mark are: made, perhaps by other code; nothing where there is no mark. */
  readonly versionFlags: Uint8Array
}

/** One computation while its partitions are judged. */
export interface ComputationContext extends PartitionSpan {
  readonly evaluationContext: EvaluationContext
  readonly numbered: NumberedComputation
  readonly versions: DeclaredVersions
  /** Where its first partition is in the columns that all share. */
  readonly start: number
  readonly history: MaterializationHistory | undefined
  /** How many partitions have been found to be fresh. */
  freshCount: number
  /** `noneRestored` until something is restored. */
  reverted: Map<number, EarlierMaterialization>
}

/** Shared by all that restore nothing. */
export const noReverted = new Map<number, EarlierMaterialization>()

/** Room to judge everything in, where no computation has more partitions than `longest`. */
export function createEvaluationContext(
  evaluation: Evaluation,
  longest: number,
): EvaluationContext {
  return {
    evaluation,
    finder: createWindowFinder(evaluation),
    sums: [],
    inputs: createLanes(longest),
    unknown: createBitset(longest),
    blocked: createBitset(longest),
    versionFlags: new Uint8Array(2 ** 16),
  }
}
