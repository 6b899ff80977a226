import type { MaterializeStep, Step } from "../plan/plan.ts"
import type { ClaimResult, Ledger, StepName, StepPool } from "../ports.ts"
import type { RunState } from "./run-state.ts"
import type { PoolLimits } from "./step-queue.ts"

/** The answer to the claim of a step that needs none: it only runs checks and materializes nothing. */
const unclaimed = {
  kind: "claimed",
  newestRecord: 0,
  failedAttempts: 0,
  outcome: undefined,
} as const

/** Claims a step, and reads what other processes have materialized of its partition. */
export async function claimStep(
  { cache }: RunState,
  step: Step,
  { ledger, pools }: { readonly ledger: Pick<Ledger, "claimStep">; readonly pools: PoolLimits },
): Promise<ClaimResult> {
  if (step.kind === "check") return unclaimed
  const name = toStepName(step, findPool(step, pools))
  const claim = await ledger.claimStep(name)
  if (claim.kind === "claimed")
    await cache.loadNewest(name.outputs, step.partition, claim.newestRecord)
  return claim
}

/** Releases the claim of a step that is not recorded. */
export async function releaseStep(step: Step, ledger: Pick<Ledger, "releaseStep">): Promise<void> {
  if (step.kind !== "check") await ledger.releaseStep(toStepName(step, undefined))
}

function findPool({ computation }: MaterializeStep, pools: PoolLimits): StepPool | undefined {
  const { pool: name } = computation.execution
  const limit = name === undefined ? undefined : pools[name]
  return name === undefined || limit === undefined ? undefined : { name, limit }
}

function toStepName(
  { computation, partition }: MaterializeStep,
  pool: StepPool | undefined,
): StepName {
  const outputs = computation.outputs.map(({ asset }) => asset)
  return { computation: computation.name, partition, outputs, pool }
}
