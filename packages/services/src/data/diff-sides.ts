import type { AnyAsset, Columns } from "@freshet/core"
import { formatPartitionKey, type MaterializationRecord, type Relation } from "@freshet/core/engine"

import { toIsoTime } from "../iso-time.ts"
import { requireIntactFiles } from "../lost-files.ts"
import { findCurrentInput } from "../materialization-records.ts"
import { usageError } from "../plan/target-problems.ts"
import type { Project } from "../project.ts"
import { isStored, readRelation, resolveStoredPartition } from "./stored-partition.ts"

/** The two sides of a comparison: partitions, or versions of them. */
export interface DiffRequest {
  readonly asset: string
  /** The partition to compare with; the previous version of the partition `to`, or else the partition before it, unless given. */
  readonly from?: string | undefined
  readonly fromVersion?: number | undefined
  /** The newest stored partition unless given. */
  readonly to?: string | undefined
  readonly toVersion?: number | undefined
}

/** The rows of one side. */
export interface DiffSide {
  readonly partition: string
  readonly version: number | null
  readonly materialized_at: string | null
  readonly relation: Relation
}

/** The rows of both sides. */
export interface DiffSides {
  readonly from: DiffSide
  readonly to: DiffSide
}

/** Finds the rows of both sides. */
export async function findDiffSides(
  project: Project,
  asset: AnyAsset,
  request: DiffRequest,
): Promise<DiffSides> {
  const { from, fromVersion, toVersion } = request
  const partition = resolveStoredPartition(project, asset, request.to)
  if (asset.kind === "source") {
    const earlier = resolveEarlierPartition(project, asset, partition, from)
    return {
      from: await readLandedSide(project, asset, earlier),
      to: await readLandedSide(project, asset, partition),
    }
  }
  const versions = await readVersions(project, asset, partition)
  const to = findVersion(asset, versions, toVersion)
  const previous = versions.findLast(
    ({ id, dataVersion }) => id < to.id && dataVersion !== to.dataVersion,
  )
  const hasPrevious = from === undefined && fromVersion === undefined && previous !== undefined
  if (hasPrevious) return readStoredSides(project, asset, previous, to)
  if (from === undefined && fromVersion !== undefined)
    return readStoredSides(project, asset, findVersion(asset, versions, fromVersion), to)
  const earlier = resolveEarlierPartition(project, asset, partition, from)
  const earlierVersions = await readVersions(project, asset, earlier)
  return readStoredSides(project, asset, findVersion(asset, earlierVersions, fromVersion), to)
}

function resolveEarlierPartition(
  project: Project,
  asset: AnyAsset,
  partition: number,
  key: string | undefined,
): number {
  if (key !== undefined) return resolveStoredPartition(project, asset, key)
  for (let earlier = partition - 1; earlier >= 0; earlier -= 1)
    if (isStored(project, asset, earlier)) return earlier
  const label = formatPartitionKey(asset.partitions, partition)
  throw usageError({
    kind: "usage",
    asset: asset.name,
    message: `\`${asset.name}\` ${label} has no earlier version and no earlier partition to compare with.`,
  })
}

/** A retained materialization; the rows that are read are current. */
export interface RetainedVersion extends MaterializationRecord {
  readonly isCurrent: boolean
}

/** Reads the retained materializations of a partition, the oldest first. */
export async function readVersions(
  { ledger, evaluation }: Project,
  { name }: AnyAsset,
  partition: number,
): Promise<readonly RetainedVersion[]> {
  const range = { from: partition, to: partition }
  const records = await ledger.readMaterializations([{ asset: name, range }])
  return records.map((record) => ({
    ...record,
    isCurrent: record.fingerprint === findCurrentInput(evaluation, record),
  }))
}

function findVersion(
  asset: AnyAsset,
  versions: readonly RetainedVersion[],
  id: number | undefined,
): RetainedVersion {
  const version =
    id === undefined
      ? (versions.find(({ isCurrent }) => isCurrent) ?? versions.at(-1))
      : versions.find((candidate) => candidate.id === id)
  if (version !== undefined) return version
  const ids = versions.map((candidate) => candidate.id).join(", ")
  throw usageError({
    kind: "usage",
    asset: asset.name,
    message: `\`${asset.name}\` has no retained version ${id ?? ""} of this partition.`,
    hint: `Its retained versions: ${ids}.`,
  })
}

async function readLandedSide(
  project: Project,
  asset: AnyAsset,
  partition: number,
): Promise<DiffSide> {
  return {
    partition: formatPartitionKey(asset.partitions, partition),
    version: null,
    materialized_at: null,
    relation: await readRelation(project, asset, partition),
  }
}

/** Reads the rows of two materializations. */
export async function readStoredSides(
  project: Project,
  asset: AnyAsset,
  from: MaterializationRecord,
  to: MaterializationRecord,
): Promise<DiffSides> {
  await requireIntactFiles(project, [from, to])
  return { from: toStoredSide(asset, from), to: toStoredSide(asset, to) }
}

function toStoredSide(
  asset: AnyAsset,
  { id, partition, atMs, file }: MaterializationRecord,
): DiffSide {
  const columns: Columns = asset.columns
  return {
    partition: formatPartitionKey(asset.partitions, partition),
    version: id,
    materialized_at: toIsoTime(atMs),
    relation: { kind: "stored", name: asset.name, columns, files: [file] },
  }
}
