import type { AnyAsset, Asset, SourceAsset } from "@freshet/core"
import {
  formatPartitionKey,
  FreshetError,
  listPartitions,
  type PartitionRange,
  type Problem,
  ProblemsError,
  type Relation,
} from "@freshet/core/engine"

import {
  selectCurrentRecords,
  isMaterialized,
  findNewestMaterialization,
} from "../materialization-records.ts"
import { formatPartitionFlag } from "../plan/command-text.ts"
import { resolvePartition } from "../plan/partition-arguments.ts"
import type { Project } from "../project.ts"

/** The newest partition of an asset that was made, or of a source that landed; undefined when there is none. */
export function findNewestStored({ evaluation }: Project, asset: AnyAsset): number | undefined {
  if (asset.kind === "asset") return findNewestMaterialization(evaluation, asset.name)
  let newest: number | undefined
  for (const index of evaluation.landing.get(asset.name)?.keys() ?? [])
    if (newest === undefined || index > newest) newest = index
  return newest
}

/** The partition meant whose rows are to be read: by key, or the newest that is there. Throws when it was never made. */
export function resolveStoredPartition(
  project: Project,
  asset: AnyAsset,
  key: string | undefined,
): number {
  const newest = findNewestStored(project, asset)
  const hasPartitions = project.evaluation.bounds.has(asset.name)
  const partition =
    key === undefined || !hasPartitions ? newest : resolvePartition(project, asset, key)
  if (newest === undefined || partition === undefined)
    throw neverMaterializedError(
      asset,
      partition === undefined ? "" : formatPartitionKey(asset.partitions, partition),
    )
  if (isStored(project, asset, partition)) return partition
  const nearestKey = formatPartitionKey(asset.partitions, newest)
  throw neverMaterializedError(asset, formatPartitionKey(asset.partitions, partition), nearestKey)
}

function isStored({ evaluation }: Project, asset: AnyAsset, partition: number): boolean {
  return asset.kind === "source"
    ? evaluation.landing.get(asset.name)?.has(partition) === true
    : isMaterialized(evaluation, asset.name, partition)
}

function neverMaterializedError(asset: AnyAsset, key: string, nearest?: string): ProblemsError {
  const name = `\`${asset.name}\`${key === "" ? "" : ` ${key}`}`
  const message =
    asset.kind === "source"
      ? `No file of ${name} has landed.`
      : `${name} was never made, so it has no rows.`
  const command =
    asset.kind === "source"
      ? "`freshet doctor` tells where files are expected."
      : `\`freshet ${key === "" || key === "all" ? `materialize ${asset.name}` : `backfill ${asset.name} ${formatPartitionFlag(asset.partitions, key)}`}\` makes it.`
  const hint = nearest === undefined ? command : `The newest there is: ${nearest}. ${command}`
  const problem: Problem = { kind: "usage", asset: asset.name, message, hint }
  return new ProblemsError("usage", [problem])
}

/** A name, and the partitions of an asset or a source whose rows a query is to find under it. */
export interface RelationRequest {
  readonly name: string
  readonly asset: AnyAsset
  readonly ranges: readonly PartitionRange[]
}

/** What a query finds under some names; what the ledger knows of all of them is asked at once. */
export async function readRelations(
  project: Project,
  requests: readonly RelationRequest[],
): Promise<readonly Relation[]> {
  const assetRanges = requests.flatMap(({ asset, ranges }) =>
    asset.kind === "source" ? [] : ranges.map((range) => ({ asset: asset.name, range })),
  )
  const materializations =
    assetRanges.length === 0 ? [] : await project.readMaterializations(assetRanges)
  const records = [...selectCurrentRecords(project.evaluation, materializations).values()]
  const files = new Map(
    records.map((record) => [`${record.asset} ${record.partition}`, record.file]),
  )
  return requests.map(({ name, asset, ranges }) =>
    asset.kind === "source"
      ? buildLandedRelation(project, name, asset, ranges)
      : buildStoredRelation(files, name, asset, ranges),
  )
}

function buildStoredRelation(
  files: ReadonlyMap<string, string>,
  name: string,
  asset: Asset,
  ranges: readonly PartitionRange[],
): Relation {
  const partitionFiles = [...listPartitions(ranges)].flatMap(
    (index) => files.get(`${asset.name} ${index}`) ?? [],
  )
  return { kind: "stored", name, columns: asset.columns, files: partitionFiles }
}

function buildLandedRelation(
  { evaluation }: Project,
  name: string,
  source: SourceAsset,
  ranges: readonly PartitionRange[],
): Relation {
  const landed = evaluation.landing.get(source.name)
  return {
    kind: "landed",
    name,
    source,
    partitions: [...listPartitions(ranges)].flatMap((index) => {
      const { files, problem } = landed?.get(index) ?? {}
      if (problem !== undefined) throw new FreshetError("input", `${problem}.`)
      return files === undefined
        ? []
        : [{ key: formatPartitionKey(source.partitions, index), files }]
    }),
  }
}

/** All partitions of an asset that are stored, oldest first, with those between them. */
export function listStoredRanges(
  { evaluation }: Project,
  asset: AnyAsset,
): readonly PartitionRange[] {
  if (asset.kind === "source") {
    const bounds = evaluation.bounds.get(asset.name)
    return bounds === undefined ? [] : [bounds]
  }
  const history = evaluation.snapshot.histories.get(asset.computation.name)
  return history === undefined || history.length === 0
    ? []
    : [{ from: history.from, to: history.from + history.length - 1 }]
}
