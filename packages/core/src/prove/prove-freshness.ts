import type { LedgerSnapshot } from "../evaluate/ledger-snapshot.ts"
import type { Evaluation } from "../evaluate/states.ts"
import { type RecordedFreshness, findUnproven } from "./find-unproven.ts"
import { type FreshnessProof, buildProof } from "./freshness-proof.ts"
import type { ProofEffects } from "./proof-effects.ts"
import { findPublishedVersions } from "./published-versions.ts"
import { type Collisions, verifyInputs } from "./verify-inputs.ts"

/** An evaluation whose fresh partitions are fresh by input version. */
export interface ProvenEvaluation {
  readonly evaluation: Evaluation
  /** Builds the proof of the evaluation. */
  readonly proof: () => FreshnessProof
  /** The number of input versions that were computed. */
  readonly verified: number
}

/**
 * Evaluates a snapshot, and computes the input versions of the fresh partitions that the recorded proof does not cover.
 * A partition whose input version differs from its record's is a collision of fingerprints; the snapshot is then
 * evaluated again without it.
 */
export async function proveFreshness(
  evaluateSnapshot: (snapshot: LedgerSnapshot) => Evaluation,
  snapshot: LedgerSnapshot,
  recordedFreshness: RecordedFreshness,
  effects: ProofEffects,
): Promise<ProvenEvaluation> {
  let verified = 0
  const collisions: Collisions = new Map()
  for (;;) {
    const evaluation = evaluateSnapshot({ ...snapshot, collisions })
    const { unproven, moved } = findUnproven(evaluation, recordedFreshness, effects.hash)
    const collisionCount = countCollisions(collisions)
    verified += await verifyInputs(evaluation, unproven, collisions, effects)
    if (countCollisions(collisions) > collisionCount) continue
    const publishedVersions = await findPublishedVersions(
      evaluation,
      { moved, proven: recordedFreshness.proof?.publishedVersions },
      effects,
    )
    return {
      evaluation: { ...evaluation, publishedVersions },
      proof: () => buildProof(evaluation, publishedVersions, effects.hash),
      verified,
    }
  }
}

function countCollisions(collisions: Collisions): number {
  return [...collisions.values()].reduce((sum, { size }) => sum + size, 0)
}
