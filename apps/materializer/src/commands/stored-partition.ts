import {
  type AnyAsset,
  type Asset,
  type PartitionRange,
  type Problem,
  ProblemsError,
  type Relation,
  type SourceAsset,
  partitionKey,
  partitionsIn,
} from "@freshet/core"

import type { Project } from "../project/project.ts"
import { countingRecords, isKept, newestMade } from "../project/records.ts"
import { namingFlags } from "./command-text.ts"
import { partitionOf } from "./targets.ts"

/** The newest partition of an asset that was made, or of a source that landed; undefined when there is none. */
export function newestStored({ evaluation }: Project, asset: AnyAsset): number | undefined {
  if (asset.kind === "asset") return newestMade(evaluation, asset.name)
  let newest: number | undefined
  for (const index of evaluation.landing.get(asset.name)?.keys() ?? [])
    if (newest === undefined || index > newest) newest = index
  return newest
}

/** The partition meant whose rows are to be read: by key, or the newest that is there. Throws when it was never made. */
export function storedPartition(
  project: Project,
  asset: AnyAsset,
  key: string | undefined,
): number {
  const newest = newestStored(project, asset)
  const hasPartitions = project.evaluation.extents.has(asset.name)
  const named = key === undefined || !hasPartitions ? newest : partitionOf(project, asset, key)
  if (newest === undefined || named === undefined)
    throw neverMade(asset, named === undefined ? "" : partitionKey(asset.partitions, named))
  if (isThere(project, asset, named)) return named
  const nearest = partitionKey(asset.partitions, newest)
  throw neverMade(asset, partitionKey(asset.partitions, named), nearest)
}

function isThere({ evaluation }: Project, asset: AnyAsset, partition: number): boolean {
  return asset.kind === "source"
    ? evaluation.landing.get(asset.name)?.has(partition) === true
    : isKept(evaluation, asset.name, partition)
}

function neverMade(asset: AnyAsset, key: string, nearest?: string): ProblemsError {
  const name = `\`${asset.name}\`${key === "" ? "" : ` ${key}`}`
  const message =
    asset.kind === "source"
      ? `No file of ${name} has landed.`
      : `${name} was never made, so it has no rows.`
  const command =
    asset.kind === "source"
      ? "`freshet doctor` tells where files are expected."
      : `\`freshet ${key === "" || key === "all" ? `materialize ${asset.name}` : `backfill ${asset.name} ${namingFlags(asset.partitions, key)}`}\` makes it.`
  const hint = nearest === undefined ? command : `The newest there is: ${nearest}. ${command}`
  const problem: Problem = { kind: "usage", asset: asset.name, message, hint }
  return new ProblemsError("usage", [problem])
}

/** A name, and the partitions of an asset or a source whose rows a query is to find under it. */
export interface StoredRows {
  readonly name: string
  readonly asset: AnyAsset
  readonly ranges: readonly PartitionRange[]
}

/** What a query finds under some names; what the ledger knows of all of them is asked at once. */
export async function storedRelations(
  project: Project,
  wanted: readonly StoredRows[],
): Promise<readonly Relation[]> {
  const made = wanted.flatMap(({ asset, ranges }) =>
    asset.kind === "source" ? [] : ranges.map((range) => ({ asset: asset.name, range })),
  )
  const all = made.length === 0 ? [] : await project.recorded(made)
  const records = [...countingRecords(project.evaluation, all).values()]
  const files = new Map(records.map((each) => [`${each.asset} ${each.partition}`, each.file]))
  return wanted.map(({ name, asset, ranges }) =>
    asset.kind === "source"
      ? landedRelation(project, name, asset, ranges)
      : madeRelation(files, name, asset, ranges),
  )
}

function madeRelation(
  files: ReadonlyMap<string, string>,
  name: string,
  asset: Asset,
  ranges: readonly PartitionRange[],
): Relation {
  const found = [...partitionsIn(ranges)].flatMap(
    (index) => files.get(`${asset.name} ${index}`) ?? [],
  )
  return { kind: "stored", name, columns: asset.columns, files: found }
}

function landedRelation(
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
    partitions: [...partitionsIn(ranges)].flatMap((index) => {
      const files = landed?.get(index)?.files
      return files === undefined ? [] : [{ key: partitionKey(source.partitions, index), files }]
    }),
  }
}

/** All partitions of an asset that are stored, oldest first, with those between them. */
export function everyStored({ evaluation }: Project, asset: AnyAsset): readonly PartitionRange[] {
  if (asset.kind === "source") {
    const extent = evaluation.extents.get(asset.name)
    return extent === undefined ? [] : [extent]
  }
  const timeline = evaluation.snapshot.timelines.get(asset.computation.name)
  return timeline === undefined || timeline.length === 0
    ? []
    : [{ from: timeline.from, to: timeline.from + timeline.length - 1 }]
}
