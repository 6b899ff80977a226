import type { Ledger, StepName } from "@freshet/core/engine"

import type { RecordedClaim } from "./claims.ts"
import { getPartitionId, type LedgerNames, listRecordedNames } from "./ledger-names.ts"
import type { RunWorker } from "./run-worker.ts"

/** Creates the part of a run's ledger that claims work. */
export function createClaimRecords(
  names: LedgerNames,
  { get, run }: RunWorker,
): Pick<
  Ledger,
  | "claimStep"
  | "isOutranked"
  | "recordAwaitedPools"
  | "releaseStep"
  | "claimPublication"
  | "releasePublication"
> {
  return {
    claimStep: async (step) => {
      const { claims } = get()
      const claim = toStepClaim(names, step)
      const assets = step.outputs.flatMap((output) => listRecordedNames(names, output))
      const { name: computation, partition } = claim
      const claimedStep = { run: run() ?? "", computation, partition, assets }
      const records = await claims.claimStep(claim, claimedStep)
      if (records !== undefined) return { kind: "claimed", ...records }
      return { kind: (await claims.isOutranked()) ? "outranked" : "taken" }
    },
    isOutranked: () => get().claims.isOutranked(),
    recordAwaitedPools: (pools) => get().claims.recordAwaitedPools(pools),
    releaseStep: (step) => get().claims.release(toStepClaim(names, step)),
    claimPublication: (set) => get().claims.claim(toPublicationClaim(set)),
    releasePublication: (set) => get().claims.release(toPublicationClaim(set)),
  }
}

function toStepClaim(
  names: LedgerNames,
  { computation, partition, pool }: StepName,
): RecordedClaim {
  const id = getPartitionId(names, computation, partition)
  return { kind: "step", name: computation, partition: id, pool }
}

function toPublicationClaim(set: string): RecordedClaim {
  return { kind: "publication", name: set, partition: 0 }
}
