import type { Step } from "../plan/plan.ts"
import type { ClaimResult, Ledger, StepName } from "../ports.ts"
import type { RunState } from "./run-state.ts"

/** The answer to the claim of a step that needs none: it only runs checks and materializes nothing. */
const unclaimed = { kind: "claimed", newestRecord: 0, outcome: undefined } as const

/** Claims a step, and reads what other processes have materialized of its partition. */
export async function claimStep(
  { cache }: RunState,
  step: Step,
  ledger: Pick<Ledger, "claimStep">,
): Promise<ClaimResult> {
  if (step.kind === "check") return unclaimed
  const name = toStepName(step)
  const claim = await ledger.claimStep(name)
  if (claim.kind === "claimed")
    await cache.loadNewest(name.outputs, step.partition, claim.newestRecord)
  return claim
}

/** Releases the claim of a step that is not recorded. */
export async function releaseStep(step: Step, ledger: Pick<Ledger, "releaseStep">): Promise<void> {
  if (step.kind !== "check") await ledger.releaseStep(toStepName(step))
}

function toStepName({ computation, partition }: Exclude<Step, { kind: "check" }>): StepName {
  const outputs = computation.outputs.map(({ asset }) => asset)
  return { computation: computation.name, partition, outputs }
}
