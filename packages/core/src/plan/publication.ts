import type { Asset } from "../declare/declaration.ts"
import { type PartitionRange, formatPartitionKey } from "../declare/partition.ts"
import { type Hash, toCanonicalJson } from "../evaluate/declared-versions.ts"
import { type Fingerprint, formatFingerprint } from "../evaluate/fingerprint.ts"
import type { Publication, MaterializationRecord } from "../evaluate/ledger-snapshot.ts"
import {
  type Evaluation,
  findCheckVersion,
  findContent,
  stateFlags,
  stateFlagsAt,
  isChecked,
} from "../evaluate/states.ts"
import type { Graph } from "../graph/graph.ts"
import type { PublicationTable } from "../ports.ts"

/** That a set is expected to show another partition, or other rows of it, once the steps are done. */
export interface PublicationPlan {
  readonly set: string
  readonly partition: number
  readonly key: string
  readonly assets: readonly string[]
  readonly published: Publication | undefined
}

/** The published assets of a graph by publication set. */
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

/** The partitions that every asset of a set has. */
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

/**
 * The newest partition for which every table of the set is right and passed its checks, never an older one than
 * what is published: backfilling the past changes nothing that readers see. Undefined when there is none.
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

/** Whether a step of the plan will make, or check, one partition. */
export interface PlannedSteps {
  readonly willMaterialize: (asset: Asset, index: number) => boolean
  readonly willCheck: (asset: Asset, index: number) => boolean
}

/** Which sets will change, if every step goes well. */
export function planPublications(
  evaluation: Evaluation,
  planned: PlannedSteps,
  requestedAssets: ReadonlyMap<string, unknown>,
  hash: Hash,
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
    const partition = findNewestPublishable(findSetBounds(evaluation, assets), published, isReady)
    const [first] = assets
    if (partition === undefined || first === undefined) return []
    const willChange = assets.some((asset) => planned.willMaterialize(asset, partition))
    const tables = assets.map((asset) => ({
      asset,
      partition,
      content: findContent(evaluation, asset, partition) ?? { low: 0, high: 0 },
    }))
    if (!willChange && computePublicationVersion(set, tables, hash) === published?.version)
      return []
    const key = formatPartitionKey(first.partitions, partition)
    return [{ set, partition, key, assets: assets.map((asset) => asset.name), published }]
  })
}

/** Whether a partition of a published asset is fresh, stands on no refused rows, and passed the error checks of today: as recorded, unless they ran since. */
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

/** Whether the error checks of today ran on the rows that counted when the ledger was read, and passed. */
export function hasPassedChecks(evaluation: Evaluation, asset: Asset, index: number): boolean {
  return (
    isChecked(evaluation, asset, index) &&
    findCheckVersion(evaluation, asset, index)?.failedErrors === 0
  )
}

/** One table of a publication, if the asset is published. */
export function toPublicationTables(
  asset: Asset,
  partition: number,
  record: Pick<MaterializationRecord, "file" | "dataVersion">,
): PublicationTable[] {
  if (asset.publish === undefined) return []
  const { file, dataVersion } = record
  return [{ asset, publish: asset.publish, partition, file, dataVersion }]
}

/** One table as a publication's version knows it. */
interface PublishedContent {
  readonly asset: Asset
  readonly partition: number
  readonly content: Fingerprint
}

/** Hash of what the tables of a set will hold. */
export function computePublicationVersion(
  set: string,
  tables: readonly PublishedContent[],
  hash: Hash,
): string {
  return hash(
    toCanonicalJson({
      set,
      tables: tables.map(({ asset, partition, content }) => [
        asset.name,
        Object.keys(asset.columns),
        partition,
        formatFingerprint(content),
      ]),
    }),
  )
}
