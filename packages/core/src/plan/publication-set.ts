import type { Asset } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import type { PublishedPartition, TablePublication } from "../evaluate/ledger-snapshot.ts"
import { isExisting } from "../evaluate/partition-bounds.ts"
import type { Evaluation } from "../evaluate/states.ts"
import type { Graph } from "../graph/graph.ts"
import { intersectRanges } from "../graph/mapping.ts"

/** Lists the published assets of a graph. */
export function listPublishedAssets({ assets }: Graph): readonly Asset[] {
  return [...assets.values()].flatMap((asset) =>
    asset.kind === "asset" && asset.publish !== undefined ? [asset] : [],
  )
}

/** Groups the published assets of a graph by publication set. */
export function groupPublicationSets(graph: Graph): ReadonlyMap<string, readonly Asset[]> {
  const sets = new Map<string, Asset[]>()
  for (const asset of listPublishedAssets(graph)) {
    const set = asset.publish?.set ?? ""
    const assets = sets.get(set)
    if (assets === undefined) sets.set(set, [asset])
    else assets.push(asset)
  }
  return sets
}

/** Lists the publication sets of some assets. */
export function listRequestedSets({ assets }: Graph, names: Iterable<string>): ReadonlySet<string> {
  const sets = new Set<string>()
  for (const name of names) {
    const asset = assets.get(name)
    if (asset?.kind === "asset" && asset.publish !== undefined) sets.add(asset.publish.set)
  }
  return sets
}

/** The bounds of the partitions that every asset of a set has. */
export function findSetBounds(
  evaluation: Evaluation,
  assets: readonly Asset[],
): PartitionRange | undefined {
  let range: PartitionRange | undefined = { from: -Infinity, to: Infinity }
  for (const { name } of assets) {
    const assetRange = evaluation.bounds.get(name)
    range = range && assetRange && intersectRanges(range, assetRange)
  }
  return range
}

/** Lists the partitions in the table of an asset. */
export function listPublished(
  { snapshot }: Pick<Evaluation, "snapshot">,
  { name }: Asset,
): readonly PublishedPartition[] {
  return snapshot.publications.get(name)?.partitions ?? []
}

/** The published partitions of a set. */
export interface PublishedSet {
  /** Its newest partition that every asset with it in the table still has; the set does not go back behind it. */
  readonly newest: number | undefined
  /** Keys of the partitions that an asset with them in the table does not have any more. */
  readonly withdrawn: readonly string[]
}

/** Finds the published partitions of a set that still exist, and those that were withdrawn: a file was removed, or partitions are declared otherwise. */
export function findPublishedSet(evaluation: Evaluation, assets: readonly Asset[]): PublishedSet {
  const published = assets.flatMap((asset) =>
    listPublished(evaluation, asset).map(({ key, partition }) => {
      const exists = partition !== undefined && isExisting(evaluation, asset, partition)
      return { key, partition, exists }
    }),
  )
  const withdrawn = new Set(published.filter(({ exists }) => !exists).map(({ key }) => key))
  let newest: number | undefined
  for (const { key, partition } of published)
    if (partition !== undefined && !withdrawn.has(key) && partition >= (newest ?? partition))
      newest = partition
  return { newest, withdrawn: [...withdrawn] }
}

/** The newest publication of a set's tables. */
export interface SetPublication {
  readonly set: string
  /** Key of the newest partition in its tables. */
  readonly partitionKey: string
  readonly atMs: number
}

/** Finds the newest publication of a set's tables; undefined before the first one. */
export function findSetPublication(
  { snapshot }: Pick<Evaluation, "snapshot">,
  set: string,
  assets: readonly Asset[],
): SetPublication | undefined {
  const [newest] = assets
    .flatMap(({ name }) => snapshot.publications.get(name) ?? [])
    .toSorted(compareNewestFirst)
  const partitionKey = newest?.partitions.at(-1)?.key
  if (newest === undefined || partitionKey === undefined) return undefined
  return { set, partitionKey, atMs: newest.atMs }
}

function compareNewestFirst(one: TablePublication, other: TablePublication): number {
  const [partition, otherPartition] = [one, other].map(
    ({ partitions }) => partitions.at(-1)?.partition ?? -Infinity,
  )
  return (otherPartition ?? 0) - (partition ?? 0) || other.atMs - one.atMs
}
