import type { Hash } from "../evaluate/declared-versions.ts"
import { formatFingerprint } from "../evaluate/fingerprint.ts"
import type { MaterializationRecord } from "../evaluate/ledger-snapshot.ts"
import { type Evaluation, findInput } from "../evaluate/states.ts"
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

/** Asset → partition → the current record: the newest with the fingerprint in the evaluation. */
export type CurrentRecords = ReadonlyMap<string, ReadonlyMap<number, RecordedVersions>>

/** Reads the current records of some partitions. */
export async function readCurrentRecords(
  evaluation: Evaluation,
  ranges: readonly AssetRange[],
  { readVersions }: ProofEffects,
): Promise<CurrentRecords> {
  const rows = new Map<string, Map<number, RecordedVersions>>()
  if (ranges.length === 0) return rows
  for (const record of await readVersions(ranges)) {
    const asset = evaluation.graph.assets.get(record.asset)
    if (asset?.kind !== "asset") continue
    const input = findInput(evaluation, asset.computation, record.partition)
    if (input === undefined || formatFingerprint(input) !== record.fingerprint) continue
    const byPartition = rows.get(record.asset) ?? new Map<number, RecordedVersions>()
    rows.set(record.asset, byPartition.set(record.partition, record))
  }
  return rows
}
