import type { MaterializationRecord } from "../evaluate/ledger-snapshot.ts"
import type { MaterializeStep } from "../plan/plan.ts"
import type { Ledger } from "../ports.ts"
import { findMatchingRecords } from "./output-records.ts"
import type { RunState } from "./run-state.ts"

/** Adopts the records of a step's outputs that another environment has under one of some input versions; undefined without them. */
export async function adoptRecords(
  state: RunState,
  step: Pick<MaterializeStep, "computation" | "partition">,
  inputVersions: readonly string[],
  ledger: Pick<Ledger, "adoptMaterializations">,
): Promise<readonly MaterializationRecord[] | undefined> {
  const { computation, partition } = step
  const outputs = computation.outputs.map(({ asset }) => asset)
  if (!(await ledger.adoptMaterializations({ partition, outputs }, inputVersions))) return undefined
  await state.cache.reload(outputs, partition)
  return findMatchingRecords(state, step, inputVersions)
}
