import type { PartitionRange } from "../declare/partition.ts"
import { type PartitionSet, hasPartition } from "../evaluate/partition-set.ts"
import { type Evaluation, isFresh } from "../evaluate/states.ts"
import { toRanges } from "../partitions/range-algebra.ts"
import { listPublished, listPublishedAssets } from "../plan/publication-set.ts"
import type { ProofEffects } from "./proof-effects.ts"
import { readVersionColumns } from "./version-columns.ts"

/** Published asset → partition in its table → data version of the asset's fresh rows; partitions without fresh rows are absent. */
export type PublishedVersions = ReadonlyMap<string, ReadonlyMap<number, string>>

/** Finds the data versions of all published partitions: from the proof where they have not changed since, otherwise from the ledger. */
export async function findPublishedVersions(
  evaluation: Evaluation,
  proof: { readonly moved: PartitionSet; readonly proven: PublishedVersions | undefined },
  effects: ProofEffects,
): Promise<PublishedVersions> {
  const versions = new Map<string, Map<number, string>>()
  const unread = new Map<string, readonly PartitionRange[]>()
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
    if (unreadPartitions.length > 0) unread.set(name, toRanges(unreadPartitions))
  }
  for (const [name, { from, dataVersions }] of await readVersionColumns(
    evaluation,
    unread,
    effects,
  ))
    for (const [at, version] of dataVersions.entries())
      if (version !== undefined) versions.get(name)?.set(from + at, version)
  return versions
}
