import type { AnyAsset } from "@freshet/core"
import {
  formatPartitionKey,
  type PartitionRange,
  type Problem,
  ProblemsError,
  type Relation,
} from "@freshet/core/engine"

import type { Project } from "../project.ts"
import { listStoredRanges, resolveStoredPartition, readRelations } from "./stored-partition.ts"

/** The relation of a name in a query. */
export interface NamedRelation {
  readonly relation: Relation
  readonly asset: string
  /** The partition that a plain name stands for; undefined for a name with a key and for an unpartitioned asset. */
  readonly newestPartition: string | undefined
}

/**
 * Finds the relation of a name in a query: `user_recs` is the newest stored partition of the asset,
 * `user_recs@2026-01-05` the partition with that key, `user_recs@all` every stored partition. Undefined for a name
 * that is not an asset's; throws when the partition has no rows.
 */
export async function findNamedRelation(
  project: Project,
  sql: string,
  name: string,
): Promise<NamedRelation | undefined> {
  const [base = "", ...keyParts] = name.split("@")
  const asset = findAssetInAnyCase(project, base)
  if (asset === undefined) return undefined
  const key = keyParts.length === 0 ? undefined : keyParts.join("@")
  if (key !== undefined) rejectKeysInTwoCases(asset, sql, key)
  const ranges = listNamedRanges(project, asset, key)
  const [relation] = await readRelations(project, [{ name, asset, ranges }])
  if (relation === undefined) return undefined
  const [newest] = key === undefined && asset.partitions.kind !== "none" ? ranges : []
  const newestPartition = newest && formatPartitionKey(asset.partitions, newest.to)
  return { relation, asset: asset.name, newestPartition }
}

/** Finds the relation of a name in a query, as `findNamedRelation` does. */
export async function findRelation(
  project: Project,
  sql: string,
  name: string,
): Promise<Relation | undefined> {
  return (await findNamedRelation(project, sql, name))?.relation
}

/** Finds the asset of a name in SQL, where case does not count. */
function findAssetInAnyCase({ graph }: Project, name: string): AnyAsset | undefined {
  return graph.assets.get(name.toLowerCase())
}

function listNamedRanges(
  project: Project,
  asset: AnyAsset,
  key: string | undefined,
): readonly PartitionRange[] {
  if (key === "all") return listStoredRanges(project, asset)
  const partition = resolveStoredPartition(project, asset, key)
  return [{ from: partition, to: partition }]
}

/** Rejects keys that differ in case alone, because the engine cannot distinguish their names. */
function rejectKeysInTwoCases({ name, partitions }: AnyAsset, sql: string, key: string): void {
  if (partitions.kind !== "static") return
  const collidingKey = partitions.keys.find(
    (candidate) =>
      candidate !== key &&
      toAsciiLowerCase(candidate) === toAsciiLowerCase(key) &&
      sql.includes(`@${candidate.replaceAll('"', '""')}"`),
  )
  if (collidingKey === undefined) return
  const problem: Problem = {
    kind: "sql",
    message: `The keys ${key} and ${collidingKey} of \`${name}\` differ in case alone, and names in SQL ignore case.`,
    hint: "Query one of them at a time.",
  }
  throw new ProblemsError("usage", [problem])
}

function toAsciiLowerCase(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** Rejects an empty query. */
export function requireSql(text: string): void {
  if (text.trim() !== "") return
  throw new ProblemsError("usage", [
    {
      kind: "usage",
      message: "The query is missing.",
      hint: 'For example: freshet sql "select count(*) from NAME" with the name of an asset.',
    },
  ])
}
