import type { Asset } from "../declare/asset.ts"
import { type PartitionRange, partitionKey } from "../declare/partition.ts"
import type { PublicationTable } from "../execute/effects.ts"
import type { Graph } from "../graph/graph.ts"
import type { Step } from "./plan.ts"
import type { Published, Recorded } from "./snapshot.ts"
import type { Evaluation } from "./staleness.ts"
import { type Hash, canonical } from "./version.ts"

/** That a set is expected to show another partition, or other rows of it, once the steps are done. */
export interface PublicationPlan {
  readonly set: string
  readonly partition: number
  readonly key: string
  readonly assets: readonly string[]
  readonly before: Published | undefined
}

/** What is known of one partition of an asset when publication is decided: its record if it is right, or why it is not. */
export type Publishable =
  | { readonly kind: "ready"; readonly record: Pick<Recorded, "file" | "dataVersion"> }
  | { readonly kind: "unready" }

/** The published assets of a graph by publication set. */
export function publicationSets(graph: Graph): ReadonlyMap<string, readonly Asset[]> {
  const sets = new Map<string, Asset[]>()
  for (const asset of graph.assets.values())
    if (asset.kind === "asset" && asset.publish !== undefined)
      sets.set(asset.publish.set, [...(sets.get(asset.publish.set) ?? []), asset])
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

/** Which sets will change, if every step goes well. */
export function planPublications(
  evaluation: Evaluation,
  steps: readonly Step[],
  targets: ReadonlyMap<string, PartitionRange>,
  hash: Hash,
): readonly PublicationPlan[] {
  const planned = new Set(steps.map(stepSubject))
  const willRun = (asset: Asset, index: number) => planned.has(`${asset.computation.name} ${index}`)
  const ready = (asset: Asset, index: number): Publishable =>
    readyNow(evaluation, asset, index, planned.has(`check ${asset.name} ${index}`) || undefined)
  return [...publicationSets(evaluation.graph)].flatMap(([set, assets]) => {
    if (!assets.some((asset) => targets.has(asset.name))) return []
    const before = evaluation.snapshot.publications.get(set)
    const isReady = (index: number): boolean =>
      assets.every((asset) => willRun(asset, index) || ready(asset, index).kind === "ready")
    const partition = newestPublishable(setExtent(evaluation, assets), before, isReady)
    const [first] = assets
    if (partition === undefined || first === undefined) return []
    const tables = assets.flatMap((asset) => readyTable(asset, partition, ready(asset, partition)))
    const willChange = assets.some((asset) => willRun(asset, partition))
    if (!willChange && publicationVersion(set, tables, hash) === before?.version) return []
    const key = partitionKey(first.partitions, partition)
    return [{ set, partition, key, assets: assets.map((asset) => asset.name), before }]
  })
}

/** Whether a partition of a published asset is fresh and its error checks passed: the recorded ones, unless they ran since. */
export function readyNow(
  evaluation: Evaluation,
  asset: Asset,
  index: number,
  passed?: boolean,
): Publishable {
  const status = evaluation.statuses.get(asset.computation.name)?.get(index)
  const record = evaluation.snapshot.materializations.get(asset.name)?.get(index)
  if (status?.kind !== "fresh" || record === undefined) return { kind: "unready" }
  if (!(passed ?? record.failedErrors === 0)) return { kind: "unready" }
  return { kind: "ready", record }
}

function stepSubject(step: Step): string {
  return step.kind === "materialize"
    ? `${step.computation.name} ${step.partition}`
    : `check ${step.asset.name} ${step.partition}`
}

function readyTable(asset: Asset, partition: number, ready: Publishable): PublicationTable[] {
  return ready.kind === "ready" ? publicationTable(asset, partition, ready.record) : []
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

/** Hash of what the tables of a set will hold. */
export function publicationVersion(
  set: string,
  tables: readonly PublicationTable[],
  hash: Hash,
): string {
  return hash(
    canonical({
      set,
      tables: tables.map(({ asset, partition, dataVersion }) => [
        asset.name,
        Object.keys(asset.columns),
        partition,
        dataVersion,
      ]),
    }),
  )
}
