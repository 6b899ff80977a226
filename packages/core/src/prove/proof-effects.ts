import type { Hash } from "../evaluate/declared-versions.ts"
import type { MaterializationRecord } from "../evaluate/ledger-snapshot.ts"
import type { AssetRange } from "../ports.ts"

/** The versions of a retained materialization. */
export type RecordedVersions = Pick<
  MaterializationRecord,
  "asset" | "partition" | "fingerprint" | "inputVersion" | "dataVersion"
>

/** Reads the ledger of the snapshot that was evaluated. */
export interface ProofEffects {
  /** Reads the versions of all retained materializations of these partitions, the newest of a partition last. */
  readonly readVersions: (ranges: readonly AssetRange[]) => Promise<readonly RecordedVersions[]>
  readonly hash: Hash
}
