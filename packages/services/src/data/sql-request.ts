import type { AnyAsset } from "@freshet/core"
import {
  type PartitionRange,
  type Problem,
  ProblemsError,
  type Relation,
} from "@freshet/core/engine"

import type { Project } from "../project.ts"
import { listStoredRanges, resolveStoredPartition, readRelations } from "./stored-partition.ts"

/**
 * Finds the relation that a name in a person's query means: `user_recs` the newest partition of the asset,
 * `user_recs@2026-01-05` the partition of that key, `user_recs@all` all that are stored. Undefined for a name that is
 * not an asset's; throws when there are no such rows.
 */
export async function findRelation(
  project: Project,
  sql: string,
  name: string,
): Promise<Relation | undefined> {
  const [base = "", ...keyParts] = name.split("@")
  const asset = assetInAnyCase(project, base)
  if (asset === undefined) return undefined
  const key = keyParts.length === 0 ? undefined : keyParts.join("@")
  if (key !== undefined) refuseKeysInTwoCases(asset, sql, key)
  const ranges = rangesNamed(project, asset, key)
  const [relation] = await readRelations(project, [{ name, asset, ranges }])
  return relation
}

/** Finds the asset of a name in SQL, where case does not count. */
function assetInAnyCase({ graph }: Project, name: string): AnyAsset | undefined {
  return graph.assets.get(name.toLowerCase())
}

function rangesNamed(
  project: Project,
  asset: AnyAsset,
  key: string | undefined,
): readonly PartitionRange[] {
  if (key === "all") return listStoredRanges(project, asset)
  const partition = resolveStoredPartition(project, asset, key)
  return [{ from: partition, to: partition }]
}

/** The engine takes names that differ in case alone for the same one, and would give the rows of either key. */
function refuseKeysInTwoCases({ name, partitions }: AnyAsset, sql: string, key: string): void {
  if (partitions.kind !== "static") return
  const collidingKey = partitions.keys.find(
    (candidate) =>
      candidate !== key &&
      asciiLowerCase(candidate) === asciiLowerCase(key) &&
      sql.includes(`@${candidate.replaceAll('"', '""')}"`),
  )
  if (collidingKey === undefined) return
  const problem: Problem = {
    kind: "sql",
    message: `The keys ${key} and ${collidingKey} of \`${name}\` differ in case alone, and names in SQL do not.`,
    hint: "Query one of them at a time.",
  }
  throw new ProblemsError("usage", [problem])
}

function asciiLowerCase(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** A query must say something. */
export function requireSql(text: string): void {
  if (text.trim() !== "") return
  throw new ProblemsError("usage", [
    {
      kind: "usage",
      message: "There is no query.",
      hint: 'For example: freshet sql "select count(*) from user_recs"',
    },
  ])
}
