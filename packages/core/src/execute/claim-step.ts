import type { Step } from "../plan/plan.ts"
import type { Ledger, StepName } from "../ports.ts"
import type { RunState } from "./run-state.ts"

/**
 * Claims a step, and reads what other runs have materialized of its partition. Returns false while another run does the
 * step. A step that only runs checks needs no claim: it materializes nothing.
 */
export async function claimStep(
  { cache }: RunState,
  step: Step,
  ledger: Pick<Ledger, "claimStep">,
): Promise<boolean> {
  if (step.kind === "check") return true
  const name = toStepName(step)
  const claim = await ledger.claimStep(name)
  if (claim.kind === "taken") return false
  await cache.loadNewest(name.outputs, step.partition, claim.newestRecord)
  return true
}

/** Releases the claim of a step that is not recorded. */
export async function releaseStep(step: Step, ledger: Pick<Ledger, "releaseStep">): Promise<void> {
  if (step.kind !== "check") await ledger.releaseStep(toStepName(step))
}

function toStepName({ computation, partition }: Exclude<Step, { kind: "check" }>): StepName {
  const outputs = computation.outputs.map(({ asset }) => asset)
  return { computation: computation.name, partition, outputs }
}
