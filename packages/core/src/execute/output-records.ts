import type { Computation } from "../declare/declaration.ts"
import type { MaterializationRecord } from "../evaluate/ledger-snapshot.ts"
import type { MaterializeStep } from "../plan/plan.ts"
import type { MaterializedOutput } from "../ports.ts"
import type { RunState } from "./run-state.ts"

/** Finds the newest records of a step's outputs under one of some input versions. */
export function findMatchingRecords(
  state: RunState,
  { computation, partition }: Pick<MaterializeStep, "computation" | "partition">,
  inputVersions: readonly string[],
): readonly MaterializationRecord[] | undefined {
  return findOutputRecords(computation, (asset) =>
    state.cache
      .list(asset, partition)
      .findLast(({ inputVersion }) => inputVersions.includes(inputVersion)),
  )
}

/** The record of every output, or undefined when one of them has none. */
export function findOutputRecords(
  computation: Computation,
  find: (asset: string) => MaterializationRecord | undefined,
): readonly MaterializationRecord[] | undefined {
  const records = computation.outputs.flatMap(({ asset }) => find(asset) ?? [])
  return records.length === computation.outputs.length ? records : undefined
}

export function nameOutputs(
  computation: Computation,
  records: readonly Omit<MaterializedOutput, "asset">[],
): readonly MaterializedOutput[] {
  return computation.outputs.flatMap(({ asset }, index) => {
    const record = records[index]
    return record === undefined ? [] : [{ ...record, asset }]
  })
}
