import type { Asset } from "../declare/asset.ts"
import { type PartitionRange, partitionKey } from "../declare/partition.ts"
import type { PublicationTable } from "../execute/effects.ts"
import { type Fingerprint, fingerprintText } from "../fingerprint.ts"
import type { Graph } from "../graph/graph.ts"
import type { Published, Recorded } from "./snapshot.ts"
import { type Evaluation, checkMarkAt, contentAt, facts, factsAt, isChecked } from "./states.ts"
import { type Hash, canonical } from "./version.ts"

/** That a set is expected to show another partition, or other rows of it, once the steps are done. */
export interface PublicationPlan {
  readonly set: string
  readonly partition: number
  readonly key: string
  readonly assets: readonly string[]
  readonly before: Published | undefined
}

/** The published assets of a graph by publication set. */
export function publicationSets(graph: Graph): ReadonlyMap<string, readonly Asset[]> {
  const sets = new Map<string, Asset[]>()
  for (const asset of graph.assets.values())
    if (asset.kind === "asset" && asset.publish !== undefined) {
      const known = sets.get(asset.publish.set)
      if (known === undefined) sets.set(asset.publish.set, [asset])
      else known.push(asset)
    }
  return sets
}

/** The partitions that every asset of a set has. */
export function setExtent(
  evaluation: Evaluation,
  assets: readonly Asset[],
): PartitionRange | undefined {
  let range: PartitionRange = { from: -Infinity, to: Infinity }
  for (const { name } of assets) {
    const extent = evaluation.extents.get(name)
    if (extent === undefined) return undefined
    range = { from: Math.max(range.from, extent.from), to: Math.min(range.to, extent.to) }
  }
  return range.from <= range.to ? range : undefined
}

/**
 * The newest partition for which every table of the set is right and passed its checks, never an older one than
 * what is published: backfilling the past changes nothing that readers see. Undefined when there is none.
 */
export function newestPublishable(
  range: PartitionRange | undefined,
  published: Published | undefined,
  isReady: (partition: number) => boolean,
): number | undefined {
  const oldest = Math.max(range?.from ?? 1, published?.partition ?? -Infinity)
  for (let partition = range?.to ?? 0; partition >= oldest; partition -= 1)
    if (isReady(partition)) return partition
  return undefined
}

/** Whether a step of the plan will make, or check, one partition. */
export interface Planned {
  readonly willMake: (asset: Asset, index: number) => boolean
  readonly willCheck: (asset: Asset, index: number) => boolean
}

/** Which sets will change, if every step goes well. */
export function planPublications(
  evaluation: Evaluation,
  planned: Planned,
  asked: ReadonlyMap<string, unknown>,
  hash: Hash,
): readonly PublicationPlan[] {
  return [...publicationSets(evaluation.graph)].flatMap(([set, assets]) => {
    if (!assets.some((asset) => asked.has(asset.name))) return []
    const before = evaluation.snapshot.publications.get(set)
    const isReady = (index: number): boolean =>
      assets.every(
        (asset) =>
          planned.willMake(asset, index) ||
          isReadyNow(evaluation, asset, index, planned.willCheck(asset, index) || undefined),
      )
    const partition = newestPublishable(setExtent(evaluation, assets), before, isReady)
    const [first] = assets
    if (partition === undefined || first === undefined) return []
    const willChange = assets.some((asset) => planned.willMake(asset, partition))
    const tables = assets.map((asset) => ({
      asset,
      partition,
      content: contentAt(evaluation, asset, partition) ?? { low: 0, high: 0 },
    }))
    if (!willChange && publicationVersion(set, tables, hash) === before?.version) return []
    const key = partitionKey(first.partitions, partition)
    return [{ set, partition, key, assets: assets.map((asset) => asset.name), before }]
  })
}

/** Whether a partition of a published asset is fresh, stands on no refused rows, and passed the error checks of today: as recorded, unless they ran since. */
export function isReadyNow(
  evaluation: Evaluation,
  asset: Asset,
  index: number,
  passed?: boolean,
): boolean {
  const bits = factsAt(evaluation, asset.computation, index)
  if ((bits & (facts.fresh | facts.waits)) !== facts.fresh) return false
  return passed ?? hasPassed(evaluation, asset, index)
}

/** Whether the error checks of today ran on the rows that counted when the ledger was read, and passed. */
export function hasPassed(evaluation: Evaluation, asset: Asset, index: number): boolean {
  return (
    isChecked(evaluation, asset, index) && checkMarkAt(evaluation, asset, index)?.failedErrors === 0
  )
}

/** One table of a publication, if the asset is published. */
export function publicationTable(
  asset: Asset,
  partition: number,
  record: Pick<Recorded, "file" | "dataVersion">,
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
export function publicationVersion(
  set: string,
  tables: readonly PublishedContent[],
  hash: Hash,
): string {
  return hash(
    canonical({
      set,
      tables: tables.map(({ asset, partition, content }) => [
        asset.name,
        Object.keys(asset.columns),
        partition,
        fingerprintText(content),
      ]),
    }),
  )
}
