import type { Plan } from "../plan/plan.ts"
import { isInterruption } from "../problem.ts"
import { computeClaimPause } from "./claim-pause.ts"
import { createMaterializationCache } from "./materialization-cache.ts"
import { type PublicationResult, publishSets } from "./publish-sets.ts"
import type { RunEffects } from "./run-effects.ts"
import { createRunState, type RunState } from "./run-state.ts"

/**
 * Publishes the planned sets while no other run does. What other runs have recorded meanwhile counts: rows that are no
 * longer fresh are not published, and newer ones of another run are.
 */
export async function publishPlan(
  state: RunState,
  plan: Plan,
  effects: RunEffects,
  run: string,
): Promise<readonly PublicationResult[]> {
  const { ledger, signal } = effects
  const sets = plan.publications.map(({ set }) => set).toSorted()
  if (sets.length === 0) return []
  for (const set of sets) await claimPublication(set, effects)
  const currentState = signal.aborted ? undefined : await readCurrentState(state, effects)
  const results =
    currentState === undefined ? [] : await publishSets(currentState, plan, effects, run)
  for (const set of sets) await ledger.releasePublication(set)
  return results
}

/** Reads the state again if other runs have recorded anything. Undefined if the run is cancelled meanwhile. */
async function readCurrentState(
  state: RunState,
  { ledger, readEvaluation }: RunEffects,
): Promise<RunState | undefined> {
  if (!(await ledger.hasOtherRecords())) return state
  try {
    return createRunState(await readEvaluation(), createMaterializationCache(ledger))
  } catch (error) {
    if (isInterruption(error)) return undefined
    throw error
  }
}

/** Waits until the run has the claim of a set, or is cancelled. Every run claims in the same order. */
async function claimPublication(set: string, effects: RunEffects): Promise<void> {
  const { ledger, signal, startTimer } = effects
  for (let count = 0; !signal.aborted && !(await ledger.claimPublication(set)); count += 1)
    await startTimer(computeClaimPause(count)).ended
}
