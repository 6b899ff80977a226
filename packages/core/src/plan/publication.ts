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
import type { PublicationTable } from "../publisher.ts"
import {
  findPublishedSet,
  findSetPublication,
  groupPublicationSets,
  listPublished,
} from "./publication-set.ts"
import { type TableContent, chooseContents } from "./table-content.ts"

/** The expected publication of a set after the steps of a plan: other partitions, or other rows of the published ones. */
export interface PublicationPlan {
  readonly set: string
  /** Key of the newest partition that the tables will contain; empty if they will contain none. */
  readonly key: string
  readonly tables: readonly PlannedTable[]
  /** Key of the newest partition in the tables; undefined before the first publication. */
  readonly published: string | undefined
  /** Keys of published partitions that do not exist any more. */
  readonly withdrawn: readonly string[]
}

/** A table of a planned publication. */
export interface PlannedTable extends TableContent {
  /** The partitions whose rows the publication writes. */
  readonly changed: readonly number[]
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
    return [buildPublicationPlan(evaluation, set, tables, findVersion)]
  })
}

/** Finds the data version of a partition's rows; undefined if they will change. */
export type FindVersion = (asset: Asset, partition: number) => string | undefined

/** Tests whether a table contains exactly these partitions with their current rows. */
export function isPublished(
  evaluation: Evaluation,
  content: TableContent,
  findVersion: FindVersion,
): boolean {
  const { asset, partitions } = content
  return (
    evaluation.snapshot.publications.get(asset.name)?.asset === asset.name &&
    listPublished(evaluation, asset).length === partitions.length &&
    listChanged(evaluation, content, findVersion).length === 0
  )
}

/** Lists the partitions that a table does not contain with their current rows. */
function listChanged(
  evaluation: Evaluation,
  { asset, partitions, retained }: TableContent,
  findVersion: FindVersion,
): readonly number[] {
  const published = new Map(
    listPublished(evaluation, asset).map(({ partition, dataVersion }) => [partition, dataVersion]),
  )
  return partitions.filter((partition) => {
    if (retained.has(partition)) return false
    const version = published.get(partition)
    return version === undefined || version !== findVersion(asset, partition)
  })
}

function buildPublicationPlan(
  evaluation: Evaluation,
  set: string,
  contents: readonly TableContent[],
  findVersion: FindVersion,
): PublicationPlan {
  const assets = contents.map(({ asset }) => asset)
  const { withdrawn } = findPublishedSet(evaluation, assets)
  const published = findSetPublication(evaluation, set, assets)?.partitionKey
  const tables = contents.map((content) => ({
    ...content,
    changed: listChanged(evaluation, content, findVersion),
  }))
  return { set, key: formatNewestKey(tables), tables, published, withdrawn }
}

/** Formats the key of the newest partition of some tables; empty if they contain none. */
export function formatNewestKey(tables: readonly TableContent[]): string {
  const [newest] = tables
    .flatMap(({ asset, partitions }) =>
      partitions.slice(-1).map((partition) => ({ asset, partition })),
    )
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
