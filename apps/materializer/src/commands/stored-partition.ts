import {
  type AnyAsset,
  type Asset,
  type Problem,
  ProblemsError,
  type Relation,
  type SourceAsset,
  partitionKey,
} from "@freshet/core"

import type { Project } from "../project/project.ts"
import { partitionOf } from "./targets.ts"

/** The newest partition of an asset that was made, or of a source that landed; undefined when there is none. */
export function newestStored({ evaluation }: Project, asset: AnyAsset): number | undefined {
  const known =
    asset.kind === "source"
      ? evaluation.landing.get(asset.name)
      : evaluation.snapshot.materializations.get(asset.name)
  let newest: number | undefined
  for (const index of known?.keys() ?? [])
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
  if (newest === undefined) throw neverMade(asset, "", undefined)
  const partition = key === undefined ? newest : partitionOf(project, asset, key)
  const { landing, snapshot } = project.evaluation
  const known = asset.kind === "source" ? landing : snapshot.materializations
  if (known.get(asset.name)?.has(partition) === true) return partition
  const nearest = partitionKey(asset.partitions, newest)
  throw neverMade(asset, partitionKey(asset.partitions, partition), nearest)
}

function neverMade(asset: AnyAsset, key: string, nearest: string | undefined): ProblemsError {
  const name = `\`${asset.name}\`${key === "" ? "" : ` ${key}`}`
  const message =
    asset.kind === "source"
      ? `No file of ${name} has landed.`
      : `${name} was never made, so it has no rows.`
  const command =
    asset.kind === "source"
      ? "`freshet doctor` tells where files are expected."
      : `\`freshet ${key === "" || key === "all" ? `materialize ${asset.name}` : `backfill ${asset.name} --date ${key}`}\` makes it.`
  const hint = nearest === undefined ? command : `The newest there is: ${nearest}. ${command}`
  const problem: Problem = { kind: "usage", asset: asset.name, message, hint }
  return new ProblemsError("usage", [problem])
}

/** What a query finds under `name`: the rows of these partitions of an asset or a source. */
export function storedRelation(
  project: Project,
  name: string,
  asset: AnyAsset,
  partitions: readonly number[],
): Relation {
  return asset.kind === "source"
    ? landedRelation(project, name, asset, partitions)
    : madeRelation(project, name, asset, partitions)
}

function madeRelation(
  { evaluation }: Project,
  name: string,
  asset: Asset,
  partitions: readonly number[],
): Relation {
  const records = evaluation.snapshot.materializations.get(asset.name)
  const files = partitions.flatMap((index) => records?.get(index)?.file ?? [])
  return { kind: "stored", name, columns: asset.columns, files }
}

function landedRelation(
  { evaluation }: Project,
  name: string,
  source: SourceAsset,
  partitions: readonly number[],
): Relation {
  const landed = evaluation.landing.get(source.name)
  return {
    kind: "landed",
    name,
    source,
    partitions: partitions.flatMap((index) => {
      const files = landed?.get(index)?.files
      return files === undefined ? [] : [{ key: partitionKey(source.partitions, index), files }]
    }),
  }
}

/** All partitions of an asset that are stored, oldest first. */
export function storedPartitions({ evaluation }: Project, asset: AnyAsset): readonly number[] {
  const { landing, snapshot } = evaluation
  const known = asset.kind === "source" ? landing : snapshot.materializations
  return [...(known.get(asset.name)?.keys() ?? [])].toSorted((a, b) => a - b)
}
