import type { Asset } from "../declare/declaration.ts"
import type { Hash } from "../evaluate/declared-versions.ts"
import { type PartitionSet, hasPartition } from "../evaluate/partition-set.ts"
import { type Evaluation, isFresh } from "../evaluate/states.ts"
import { groupPublicationSets, listPublicationVersions } from "../plan/publication.ts"
import { type ProofEffects, readCurrentRecords } from "./current-records.ts"

/** The fresh rows of the published partition of a set: asset → data version. */
export interface SetRows {
  readonly partition: number
  readonly dataVersions: Readonly<Record<string, string>>
}

/** Publication set → its rows; sets with stale rows are absent. */
export type RowsBySet = ReadonlyMap<string, SetRows>

/** Finds the rows of all published sets: from the proof where they have not changed since, otherwise from the ledger. */
export async function findPublishedRows(
  evaluation: Evaluation,
  { moved, proven }: { readonly moved: PartitionSet; readonly proven: RowsBySet | undefined },
  effects: ProofEffects,
): Promise<RowsBySet> {
  const rowsBySet = new Map<string, SetRows>()
  const unread = new Map<string, SetPartition>()
  for (const [set, assets] of groupPublicationSets(evaluation.graph)) {
    const partition = evaluation.snapshot.publications.get(set)?.partition
    if (partition === undefined) continue
    if (!assets.every(({ computation }) => isFresh(evaluation, computation, partition))) continue
    const provenRows = proven?.get(set)
    const isUnchanged =
      provenRows?.partition === partition &&
      assets.every(
        ({ name, computation }) =>
          provenRows.dataVersions[name] !== undefined &&
          !hasPartition(evaluation, moved, computation, partition),
      )
    if (isUnchanged) rowsBySet.set(set, provenRows)
    else unread.set(set, { assets, partition })
  }
  const ranges = [...unread.values()].flatMap(({ assets, partition }) =>
    assets.map(({ name }) => ({ asset: name, range: { from: partition, to: partition } })),
  )
  const rows = await readCurrentRecords(evaluation, ranges, effects)
  for (const [set, { assets, partition }] of unread) {
    const versions = assets.flatMap(({ name }) => {
      const version = rows.get(name)?.get(partition)?.dataVersion
      return version === undefined ? [] : [[name, version] as const]
    })
    if (versions.length === assets.length)
      rowsBySet.set(set, { partition, dataVersions: Object.fromEntries(versions) })
  }
  return rowsBySet
}

interface SetPartition {
  readonly assets: readonly Asset[]
  readonly partition: number
}

/** Lists the versions that a publication of a set's rows may have, by set. */
export function listSetVersions(
  { graph }: Evaluation,
  rowsBySet: RowsBySet,
  hash: Hash,
): ReadonlyMap<string, readonly string[]> {
  const sets = groupPublicationSets(graph)
  return new Map(
    [...rowsBySet].map(([set, { partition, dataVersions }]) => {
      const tables = (sets.get(set) ?? []).map((asset) => ({
        asset,
        partition,
        dataVersion: dataVersions[asset.name] ?? "",
      }))
      return [set, listPublicationVersions(set, tables, hash)]
    }),
  )
}
