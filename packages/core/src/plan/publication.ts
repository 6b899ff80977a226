import type { Asset } from "../declare/declaration.ts"
import { type PartitionRange, findPartition, formatPartitionKey } from "../declare/partition.ts"
import { type Hash, toCanonicalJson } from "../evaluate/declared-versions.ts"
import { fingerprintContent, formatFingerprint } from "../evaluate/fingerprint.ts"
import { getStablePartition } from "../evaluate/inputs.ts"
import type { Publication, MaterializationRecord } from "../evaluate/ledger-snapshot.ts"
import {
  type Evaluation,
  findCheckVersion,
  stateFlags,
  stateFlagsAt,
  isChecked,
} from "../evaluate/states.ts"
import type { Graph } from "../graph/graph.ts"
import { isWithin } from "../graph/mapping.ts"
import type { PublicationTable } from "../ports.ts"

/** The expected publication of a set after the steps of a plan: another partition, or other rows of the published one. */
export interface PublicationPlan {
  readonly set: string
  readonly partition: number
  readonly key: string
  readonly assets: readonly string[]
  readonly published: Publication | undefined
  /** Key of the published partition if it does not exist any more; the publication replaces its rows. */
  readonly withdrawn: string | undefined
}

/** Groups the published assets of a graph by publication set. */
export function groupPublicationSets(graph: Graph): ReadonlyMap<string, readonly Asset[]> {
  const sets = new Map<string, Asset[]>()
  for (const asset of graph.assets.values())
    if (asset.kind === "asset" && asset.publish !== undefined) {
      const assets = sets.get(asset.publish.set)
      if (assets === undefined) sets.set(asset.publish.set, [asset])
      else assets.push(asset)
    }
  return sets
}

/** The bounds of the partitions that every asset of a set has. */
export function findSetBounds(
  evaluation: Evaluation,
  assets: readonly Asset[],
): PartitionRange | undefined {
  let range: PartitionRange = { from: -Infinity, to: Infinity }
  for (const { name } of assets) {
    const assetRange = evaluation.bounds.get(name)
    if (assetRange === undefined) return undefined
    range = { from: Math.max(range.from, assetRange.from), to: Math.min(range.to, assetRange.to) }
  }
  return range.from <= range.to ? range : undefined
}

/** Tests whether the published partition of a set was withdrawn: no asset of the set has it, because a file was removed or partitions are declared otherwise. */
export function isWithdrawn(
  evaluation: Evaluation,
  assets: readonly Asset[],
  published: Publication | undefined,
): boolean {
  if (published === undefined) return false
  return !assets.some(({ name, partitions }) => {
    const range = evaluation.bounds.get(name)
    const partition = findPartition(partitions, published.partitionKey)
    return range !== undefined && partition !== undefined && isWithin(range, partition)
  })
}

/**
 * Finds the newest partition of a set that is ready to publish. It is not older than the published one, so that a
 * backfill does not change the published tables. Undefined when there is none.
 */
export function findNewestPublishable(
  range: PartitionRange | undefined,
  published: Publication | undefined,
  isReady: (partition: number) => boolean,
): number | undefined {
  const oldest = Math.max(range?.from ?? 1, published?.partition ?? -Infinity)
  for (let partition = range?.to ?? 0; partition >= oldest; partition -= 1)
    if (isReady(partition)) return partition
  return undefined
}

/** The steps of a plan: tests whether one of them materializes, or checks, a partition. */
export interface PlannedSteps {
  readonly willMaterialize: (asset: Asset, index: number) => boolean
  readonly willCheck: (asset: Asset, index: number) => boolean
}

/** Plans the publications of the sets that change if every step succeeds. */
export function planPublications(
  evaluation: Evaluation,
  planned: PlannedSteps,
  requestedAssets: ReadonlyMap<string, unknown>,
): readonly PublicationPlan[] {
  return [...groupPublicationSets(evaluation.graph)].flatMap(([set, assets]) => {
    if (!assets.some((asset) => requestedAssets.has(asset.name))) return []
    const published = evaluation.snapshot.publications.get(set)
    const isReady = (index: number): boolean =>
      assets.every(
        (asset) =>
          planned.willMaterialize(asset, index) ||
          isReadyToPublish(evaluation, asset, index, planned.willCheck(asset, index) || undefined),
      )
    const isReplaced = isWithdrawn(evaluation, assets, published)
    const floor = isReplaced ? undefined : published
    const partition = findNewestPublishable(findSetBounds(evaluation, assets), floor, isReady)
    const [first] = assets
    if (partition === undefined || first === undefined) return []
    const willChange = assets.some((asset) => planned.willMaterialize(asset, partition))
    if (!willChange && isCurrent(evaluation, set, partition)) return []
    const key = formatPartitionKey(first.partitions, partition)
    const withdrawn = isReplaced ? published?.partitionKey : undefined
    return [
      { set, partition, key, assets: assets.map((asset) => asset.name), published, withdrawn },
    ]
  })
}

/** Tests if the publication of a set has the fresh rows of a partition. */
function isCurrent(
  { snapshot, publishableVersions }: Evaluation,
  set: string,
  partition: number,
): boolean {
  const published = snapshot.publications.get(set)
  if (published?.partition !== partition) return false
  return publishableVersions?.get(set)?.includes(published.version) === true
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

/** The publication of one asset's rows; empty if the asset is not published. */
export function toPublicationTables(
  asset: Asset,
  partition: number,
  record: Pick<MaterializationRecord, "file" | "dataVersion">,
): PublicationTable[] {
  if (asset.publish === undefined) return []
  const { file, dataVersion } = record
  return [{ asset, publish: asset.publish, partition, file, dataVersion }]
}

/** The part of one table in the version of a publication. */
type PublishedRows = Pick<PublicationTable, "asset" | "partition" | "dataVersion">

/** Computes the version of a publication: the hash of the content of its tables. */
export function computePublicationVersion(
  set: string,
  tables: readonly PublishedRows[],
  hash: Hash,
): string {
  return hashPublication(set, tables, hash, ({ dataVersion }) => dataVersion)
}

/** Lists the versions under which a publication of these rows may be recorded, the current form first. Earlier releases hashed fingerprints of the content. */
export function listPublicationVersions(
  set: string,
  tables: readonly PublishedRows[],
  hash: Hash,
): readonly string[] {
  const fingerprintVersion = hashPublication(
    set,
    tables,
    hash,
    ({ asset, partition, dataVersion }) => {
      const stablePartition = getStablePartition(asset.partitions, partition)
      return formatFingerprint(fingerprintContent(stablePartition, dataVersion))
    },
  )
  return [computePublicationVersion(set, tables, hash), fingerprintVersion]
}

function hashPublication(
  set: string,
  tables: readonly PublishedRows[],
  hash: Hash,
  describeContent: (rows: PublishedRows) => string,
): string {
  const rows = tables.map((table) => [
    table.asset.name,
    Object.keys(table.asset.columns),
    table.partition,
    describeContent(table),
  ])
  return hash(toCanonicalJson({ set, tables: rows }))
}
