import type { Asset } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { isExisting } from "../evaluate/partition-bounds.ts"
import type { Evaluation } from "../evaluate/states.ts"
import { findPublishedSet, findSetBounds, listPublished } from "./publication-set.ts"

/** The partitions that the table of an asset should contain. */
export interface TableContent {
  readonly asset: Asset
  /** Ascending. */
  readonly partitions: readonly number[]
  /** Those whose published rows stay, because their current rows are not ready. */
  readonly retained: ReadonlySet<number>
}

type IsReady = (asset: Asset, partition: number) => boolean

/**
 * Chooses the partitions that the tables of a set should contain. A partition is ready when its rows are ready in every
 * asset of the set. The newest one is not older than a published one that still exists, so that a backfill does not
 * change a table that contains the newest partition. The tables of a set without partitions are empty if all their
 * published partitions were withdrawn. Undefined while a table has nothing to contain.
 */
export function chooseContents(
  evaluation: Evaluation,
  assets: readonly Asset[],
  isReady: IsReady,
): readonly TableContent[] | undefined {
  const range = findSetBounds(evaluation, assets)
  if (range === undefined) return chooseEmptyContents(evaluation, assets)
  const isSetReady = (partition: number) => assets.every((asset) => isReady(asset, partition))
  const contents = assets.map((asset) =>
    asset.publish?.keep.kind === "latest"
      ? chooseNewest(evaluation, asset, findNewestReady(evaluation, assets, range, isSetReady))
      : chooseSeveral(evaluation, asset, range, isSetReady),
  )
  return contents.every(({ partitions }) => partitions.length > 0) ? contents : undefined
}

/** Chooses no partitions for the tables of a set without partitions if they contain only withdrawn partitions of its assets. */
export function chooseEmptyContents(
  evaluation: Evaluation,
  assets: readonly Asset[],
): readonly TableContent[] | undefined {
  const { newest, withdrawn } = findPublishedSet(evaluation, assets)
  if (newest !== undefined || withdrawn.length === 0) return undefined
  if (!assets.every((asset) => hasOwnTable(evaluation, asset))) return undefined
  return assets.map((asset) => ({ asset, partitions: [], retained: new Set() }))
}

function findNewestReady(
  evaluation: Evaluation,
  assets: readonly Asset[],
  range: PartitionRange,
  isSetReady: (partition: number) => boolean,
): number | undefined {
  const { newest: published = -Infinity } = findPublishedSet(evaluation, assets)
  const oldest = Math.max(range.from, published)
  for (let partition = range.to; partition >= oldest; partition -= 1)
    if (isSetReady(partition)) return partition
  return undefined
}

function chooseNewest(
  evaluation: Evaluation,
  asset: Asset,
  newest: number | undefined,
): TableContent {
  if (newest !== undefined) return { asset, partitions: [newest], retained: new Set() }
  const partitions = listOwnPartitions(evaluation, asset)
  return { asset, partitions, retained: new Set(partitions) }
}

/** Tests whether the table of an asset contains no rows of another asset. */
function hasOwnTable({ snapshot }: Evaluation, { name }: Asset): boolean {
  return (snapshot.publications.get(name)?.asset ?? name) === name
}

/** Lists the partitions in the table of an asset if their rows are its own. */
function listOwnPartitions(evaluation: Evaluation, asset: Asset): readonly number[] {
  if (!hasOwnTable(evaluation, asset)) return []
  return listPublished(evaluation, asset).flatMap(({ partition }) => partition ?? [])
}

/** Chooses all ready partitions, and published ones that still exist and are not ready; or the last of them. */
function chooseSeveral(
  evaluation: Evaluation,
  asset: Asset,
  range: PartitionRange,
  isSetReady: (partition: number) => boolean,
): TableContent {
  const ready = new Set<number>()
  for (let partition = range.from; partition <= range.to; partition += 1)
    if (isSetReady(partition)) ready.add(partition)
  const existing = listOwnPartitions(evaluation, asset).filter((partition) =>
    isExisting(evaluation, asset, partition),
  )
  const all = [...new Set([...ready, ...existing])].toSorted((one, other) => one - other)
  const keep = asset.publish?.keep
  const partitions = keep?.kind === "last" ? all.slice(-keep.count) : all
  const retained = new Set(partitions.filter((partition) => !ready.has(partition)))
  return { asset, partitions, retained }
}
