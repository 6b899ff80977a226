import type { Asset } from "../declare/declaration.ts"
import { formatPartitionKey } from "../declare/partition.ts"
import { type Hash, toCanonicalJson } from "../evaluate/declared-versions.ts"
import {
  type Evaluation,
  findCheckVersion,
  stateFlags,
  stateFlagsAt,
  isChecked,
} from "../evaluate/states.ts"
import type { PublicationTable } from "../ports.ts"
import {
  findPublishedSet,
  findSetBounds,
  findSetPublication,
  groupPublicationSets,
} from "./publication-set.ts"

/** The expected publication of a set after the steps of a plan: other partitions, or other rows of the published ones. */
export interface PublicationPlan {
  readonly set: string
  /** Key of the newest partition that the tables will contain. */
  readonly key: string
  readonly tables: readonly TableContent[]
  /** Key of the newest partition in the tables; undefined before the first publication. */
  readonly published: string | undefined
  /** Keys of published partitions that do not exist any more. */
  readonly withdrawn: readonly string[]
}

/** The partitions that the table of an asset should contain, ascending. */
export interface TableContent {
  readonly asset: Asset
  readonly partitions: readonly number[]
}

/**
 * Chooses the partitions that the tables of a set should contain: the newest one that is ready. It is not older than a
 * published one that still exists, so that a backfill does not change the published tables. Undefined when there is none.
 */
export function chooseContents(
  evaluation: Evaluation,
  assets: readonly Asset[],
  isReady: (asset: Asset, partition: number) => boolean,
): readonly TableContent[] | undefined {
  const range = findSetBounds(evaluation, assets)
  if (range === undefined) return undefined
  const { newest: published = -Infinity } = findPublishedSet(evaluation, assets)
  const oldest = Math.max(range.from, published)
  for (let partition = range.to; partition >= oldest; partition -= 1)
    if (assets.every((asset) => isReady(asset, partition)))
      return assets.map((asset) => ({ asset, partitions: [partition] }))
  return undefined
}

/** The steps of a plan: tests whether one of them materializes, or checks, a partition. */
export interface PlannedSteps {
  readonly willMaterialize: (asset: Asset, index: number) => boolean
  readonly willCheck: (asset: Asset, index: number) => boolean
}

/** Tests whether the rows of a partition are ready to publish if every step succeeds. */
export function willBeReady(
  evaluation: Evaluation,
  planned: PlannedSteps,
  asset: Asset,
  index: number,
): boolean {
  return (
    planned.willMaterialize(asset, index) ||
    isReadyToPublish(evaluation, asset, index, planned.willCheck(asset, index) || undefined)
  )
}

/** Plans the publications of the sets that change if every step succeeds. */
export function planPublications(
  evaluation: Evaluation,
  planned: PlannedSteps,
  requestedAssets: ReadonlyMap<string, unknown>,
): readonly PublicationPlan[] {
  const isReady = (asset: Asset, index: number) => willBeReady(evaluation, planned, asset, index)
  const findVersion = (asset: Asset, index: number) =>
    planned.willMaterialize(asset, index)
      ? undefined
      : evaluation.publishedVersions?.get(asset.name)?.get(index)
  return [...groupPublicationSets(evaluation.graph)].flatMap(([set, assets]) => {
    if (!assets.some((asset) => requestedAssets.has(asset.name))) return []
    const tables = chooseContents(evaluation, assets, isReady)
    if (tables === undefined) return []
    if (tables.every((content) => isPublished(evaluation, content, findVersion))) return []
    return [buildPublicationPlan(evaluation, set, tables)]
  })
}

/** Tests whether a table contains exactly these partitions with their current rows. */
export function isPublished(
  evaluation: Evaluation,
  { asset, partitions }: TableContent,
  findVersion: (asset: Asset, partition: number) => string | undefined,
): boolean {
  const publication = evaluation.snapshot.publications.get(asset.name)
  if (publication?.asset !== asset.name) return false
  const published = publication.partitions
  return (
    published.length === partitions.length &&
    published.every(({ partition, dataVersion }, at) => {
      if (partition === undefined || partition !== partitions[at]) return false
      return dataVersion === findVersion(asset, partition)
    })
  )
}

function buildPublicationPlan(
  evaluation: Evaluation,
  set: string,
  tables: readonly TableContent[],
): PublicationPlan {
  const assets = tables.map(({ asset }) => asset)
  const { withdrawn } = findPublishedSet(evaluation, assets)
  const published = findSetPublication(evaluation, set, assets)?.partitionKey
  return { set, key: formatNewestKey(tables), tables, published, withdrawn }
}

/** Formats the key of the newest partition of some tables. */
export function formatNewestKey(tables: readonly TableContent[]): string {
  const [newest] = tables
    .map(({ asset, partitions }) => ({ asset, partition: partitions.at(-1) ?? 0 }))
    .toSorted((one, other) => other.partition - one.partition)
  return newest === undefined ? "" : formatPartitionKey(newest.asset.partitions, newest.partition)
}

/** Tests whether a partition of a published asset is fresh, not blocked, and passes its current error checks. `passed` is the result of checks that ran after the ledger was read. */
export function isReadyToPublish(
  evaluation: Evaluation,
  asset: Asset,
  index: number,
  passed?: boolean,
): boolean {
  const flags = stateFlagsAt(evaluation, asset.computation, index)
  if ((flags & (stateFlags.fresh | stateFlags.blocked)) !== stateFlags.fresh) return false
  return passed ?? hasPassedChecks(evaluation, asset, index)
}

/** Tests whether the current error checks ran on the current rows and passed, according to the snapshot. */
export function hasPassedChecks(evaluation: Evaluation, asset: Asset, index: number): boolean {
  return (
    isChecked(evaluation, asset, index) &&
    findCheckVersion(evaluation, asset, index)?.failedErrors === 0
  )
}

/** Computes the version of a publication: the hash of the content of its tables. */
export function computePublicationVersion(
  set: string,
  tables: readonly PublicationTable[],
  hash: Hash,
): string {
  const contents = tables.map(({ asset, partitions }) => [
    asset.name,
    Object.keys(asset.columns),
    partitions.map(({ key, dataVersion }) => [key, dataVersion]),
  ])
  return hash(toCanonicalJson({ set, tables: contents }))
}
