import { type Bitset, createBitset } from "../partitions/bitset.ts"
import type { ContentSums } from "./content-sums.ts"
import type { DeclaredVersions } from "./declared-versions.ts"
import { type Lanes, createLanes } from "./fingerprint.ts"
import type { EarlierMaterialization, MaterializationHistory } from "./ledger-snapshot.ts"
import type { NumberedComputation } from "./numbered-graph.ts"
import type { PinnedReads, RemovedReads } from "./recorded-reads.ts"
import type { Evaluation } from "./states.ts"
import { type PartitionSpan, type WindowFinder, createWindowFinder } from "./windows.ts"

/** The working state of an evaluation, shared by all computations. */
export interface EvaluationContext {
  readonly evaluation: Evaluation
  readonly finder: WindowFinder
  /** Asset number → the content sums of an evaluated asset. */
  readonly sums: (ContentSums | undefined)[]
  /** Input fingerprints of the current computation's partitions; valid where `unknown` is unset. */
  readonly inputs: Lanes
  /** The current computation's partitions with an input that is not fresh, and its blocked partitions. */
  readonly unknown: Bitset
  readonly blocked: Bitset
  /** State flags by version index of the current computation's history; 0 has none. */
  readonly versionFlags: Uint8Array
}

/** The computation whose partitions are being evaluated. */
export interface ComputationContext extends PartitionSpan {
  readonly evaluationContext: EvaluationContext
  readonly numbered: NumberedComputation
  readonly versions: DeclaredVersions
  /** The place of its first partition in the columns of the evaluation. */
  readonly start: number
  readonly history: MaterializationHistory | undefined
  /** The partitions that are not fresh, although their fingerprints match a materialization. */
  readonly collisions: ReadonlySet<number> | undefined
  /** Output → input fingerprints of its checks; undefined when its checks read nothing but its rows and inputs. */
  readonly checkInputs: readonly (Lanes | undefined)[]
  /** The partitions whose newest materialization read files that are no longer landed; undefined when there are none. */
  readonly removed: ReadonlyMap<number, RemovedReads> | undefined
  /** The partitions with recorded reads as landed; undefined when there are none. */
  readonly pinned: ReadonlyMap<number, PinnedReads> | undefined
  /** The number of fresh partitions so far. */
  freshCount: number
  /** Reverted partitions; `noReverted` as long as there are none. */
  reverted: Map<number, EarlierMaterialization>
}

/** The empty map of every computation without reverted partitions. */
export const noReverted = new Map<number, EarlierMaterialization>()

/** Creates the working state for computations of at most `longest` partitions. */
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
