import { type PartitionSet, hasPartition } from "../evaluate/partition-set.ts"
import { type Evaluation, isFresh, toRanges } from "../evaluate/states.ts"
import { listPublished, listPublishedAssets } from "../plan/publication-set.ts"
import { type ProofEffects, readCurrentRecords } from "./current-records.ts"

/** Published asset → partition in its table → data version of the asset's fresh rows; partitions without fresh rows are absent. */
export type PublishedVersions = ReadonlyMap<string, ReadonlyMap<number, string>>

/** Finds the data versions of all published partitions: from the proof where they have not changed since, otherwise from the ledger. */
export async function findPublishedVersions(
  evaluation: Evaluation,
  proof: { readonly moved: PartitionSet; readonly proven: PublishedVersions | undefined },
  effects: ProofEffects,
): Promise<PublishedVersions> {
  const versions = new Map<string, Map<number, string>>()
  const unread = new Map<string, readonly number[]>()
  for (const asset of listPublishedAssets(evaluation.graph)) {
    const { name, computation } = asset
    const proven = proof.proven?.get(name)
    const assetVersions = new Map<number, string>()
    const unreadPartitions: number[] = []
    for (const { partition } of listPublished(evaluation, asset)) {
      if (partition === undefined || !isFresh(evaluation, computation, partition)) continue
      const isMoved = hasPartition(evaluation, proof.moved, computation, partition)
      const version = isMoved ? undefined : proven?.get(partition)
      if (version === undefined) unreadPartitions.push(partition)
      else assetVersions.set(partition, version)
    }
    versions.set(name, assetVersions)
    unread.set(name, unreadPartitions)
  }
  const ranges = [...unread].flatMap(([asset, partitions]) =>
    toRanges(partitions).map((range) => ({ asset, range })),
  )
  const records = await readCurrentRecords(evaluation, ranges, effects)
  for (const [name, partitions] of unread)
    for (const partition of partitions) {
      const version = records.get(name)?.get(partition)?.dataVersion
      if (version !== undefined) versions.get(name)?.set(partition, version)
    }
  return versions
}
