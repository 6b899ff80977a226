import type { AnyAsset, Asset, SourceAsset } from "@freshet/core"
import {
  findLandedRange,
  formatPartitionKey,
  FreshetError,
  listPartitions,
  type PartitionRange,
  type Problem,
  ProblemsError,
  type Relation,
} from "@freshet/core/engine"

import { createLostFileError, listLostPartitions, requireIntactFiles } from "../lost-files.ts"
import {
  selectCurrentRecords,
  findMaterializedRange,
  isMaterialized,
  findNewestMaterialization,
} from "../materialization-records.ts"
import { formatPartitionFlag } from "../plan/command-text.ts"
import { resolvePartition } from "../plan/partition-arguments.ts"
import type { Project } from "../project.ts"

/** Finds the newest materialized partition of an asset, or the newest landed one of a source. */
export function findNewestStored({ evaluation }: Project, asset: AnyAsset): number | undefined {
  if (asset.kind === "asset") return findNewestMaterialization(evaluation, asset.name)
  const bounds = evaluation.bounds.get(asset.name)
  return bounds && findLandedRange(evaluation.landing, asset.name, bounds)?.to
}

/** Resolves a key, or takes the newest stored partition. Throws when the partition has no rows. */
export function resolveStoredPartition(
  project: Project,
  asset: AnyAsset,
  key: string | undefined,
): number {
  requireIntactPartition(project, asset, key)
  const newest = findNewestStored(project, asset)
  const hasPartitions = project.evaluation.bounds.has(asset.name)
  const partition =
    key === undefined || !hasPartitions ? newest : resolvePartition(project, asset, key)
  if (newest === undefined || partition === undefined)
    throw notStoredError(
      asset,
      partition === undefined ? "" : formatPartitionKey(asset.partitions, partition),
    )
  if (isStored(project, asset, partition)) return partition
  const nearestKey = formatPartitionKey(asset.partitions, newest)
  throw notStoredError(asset, formatPartitionKey(asset.partitions, partition), nearestKey)
}

/** Fails if the file of the partition, or of one that is newer than every stored one, is missing or damaged. */
function requireIntactPartition(project: Project, asset: AnyAsset, key: string | undefined): void {
  if (asset.kind === "source") return
  const lostPartitions = listLostPartitions(project, asset)
  if (lostPartitions.length === 0) return
  const partition =
    key === undefined ? lostPartitions.at(-1)?.partition : resolvePartition(project, asset, key)
  const newest = key === undefined ? findNewestStored(project, asset) : undefined
  const lostPartition = lostPartitions.find((candidate) => candidate.partition === partition)
  if (lostPartition !== undefined && lostPartition.partition >= (newest ?? -Infinity))
    throw createLostFileError(project, [lostPartition])
}

/** Tests if a partition of an asset is materialized, or one of a source has landed. */
export function isStored({ evaluation }: Project, asset: AnyAsset, partition: number): boolean {
  return asset.kind === "source"
    ? evaluation.landing.get(asset.name)?.has(partition) === true
    : isMaterialized(evaluation, asset.name, partition)
}

/** Creates the error of a partition without rows. */
export function notStoredError(asset: AnyAsset, key: string, newestKey?: string): ProblemsError {
  const name = `\`${asset.name}\`${key === "" ? "" : ` ${key}`}`
  const message =
    asset.kind === "source"
      ? `No file of ${name} has landed.`
      : `${name} is not materialized, so it has no rows.`
  const remedy =
    asset.kind === "source"
      ? "`freshet doctor` shows where files are expected."
      : `\`${formatMaterializeCommand(asset, key)}\` materializes it.`
  const hint =
    newestKey === undefined ? remedy : `The newest stored partition is ${newestKey}. ${remedy}`
  const problem: Problem = { kind: "usage", asset: asset.name, message, hint }
  return new ProblemsError("usage", [problem])
}

function formatMaterializeCommand({ name, partitions }: AnyAsset, key: string): string {
  return key === "" || key === "all"
    ? `freshet materialize ${name}`
    : `freshet backfill ${name} ${formatPartitionFlag(partitions, key)}`
}

/** A name in a query, and the partitions of an asset or a source that it stands for. */
export interface RelationRequest {
  readonly name: string
  readonly asset: AnyAsset
  readonly ranges: readonly PartitionRange[]
}

/** Reads the relation of one partition under the asset's name. */
export async function readRelation(
  project: Project,
  asset: AnyAsset,
  partition: number,
): Promise<Relation> {
  const ranges = [{ from: partition, to: partition }]
  const [relation] = await readRelations(project, [{ name: asset.name, asset, ranges }])
  if (relation === undefined) throw new TypeError(`${asset.name} has no relation`)
  return relation
}

/** Reads the relations of names in a query, with one query to the ledger. */
export async function readRelations(
  project: Project,
  requests: readonly RelationRequest[],
): Promise<readonly Relation[]> {
  const assetRanges = requests.flatMap(({ asset, ranges }) =>
    asset.kind === "source" ? [] : ranges.map((range) => ({ asset: asset.name, range })),
  )
  const materializations =
    assetRanges.length === 0 ? [] : await project.ledger.readMaterializations(assetRanges)
  const records = [...selectCurrentRecords(project.evaluation, materializations).values()]
  await requireIntactFiles(project, records)
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

/** Lists the range from the first to the last stored partition of an asset, among those that exist. */
export function listStoredRanges(project: Project, asset: AnyAsset): readonly PartitionRange[] {
  const { evaluation } = project
  if (asset.kind === "source") {
    const bounds = evaluation.bounds.get(asset.name)
    return bounds === undefined ? [] : [bounds]
  }
  const lostPartitions = listLostPartitions(project, asset)
  if (lostPartitions.length > 0) throw createLostFileError(project, lostPartitions)
  const range = findMaterializedRange(evaluation, asset.name)
  return range === undefined ? [] : [range]
}
