import type { AnyAsset } from "@freshet/core"
import { ProblemsError, type Relation } from "@freshet/core/engine"

import type { Project } from "../project.ts"
import {
  type RelationRequest,
  listStoredRanges,
  findNewestStored,
  resolveStoredPartition,
  readRelations,
} from "./stored-partition.ts"

/** A person's query, and what the names in it mean. */
export interface SqlRequest {
  readonly sql: string
  readonly relations: readonly Relation[]
}

/** `user_recs@2026-01-05`, `visits@2026-W02`, bare; a key with other characters stands in quotes with its asset. */
const bareReference = /(?<!["\w@])(\w+)@([\w+-]+)(?![\w"])/g

/**
 * Gives each asset that the text names its newest rows. `name@2026-01-05` means that partition, `name@all` all
 * there are.
 */
export async function buildSqlRequest(project: Project, text: string): Promise<SqlRequest> {
  const { assets } = project.graph
  const sql = text.replaceAll(bareReference, (match, name: string) =>
    assets.has(name) ? `"${match}"` : match,
  )
  const relationRequests: RelationRequest[] = []
  for (const asset of assets.values()) {
    relationRequests.push(...listKeyedRelations(project, asset, sql))
    if (!mentions(sql, asset.name)) continue
    const newestPartition = findNewestStored(project, asset)
    if (newestPartition === undefined) continue
    relationRequests.push({
      name: asset.name,
      asset,
      ranges: [{ from: newestPartition, to: newestPartition }],
    })
  }
  return { sql, relations: await readRelations(project, relationRequests) }
}

function mentions(sql: string, name: string): boolean {
  return new RegExp(`(?<![\\w@])${name}(?![\\w@])`, "i").test(sql)
}

function listKeyedRelations(
  project: Project,
  asset: AnyAsset,
  sql: string,
): readonly RelationRequest[] {
  const keys = new Set(
    [...sql.matchAll(new RegExp(`"${asset.name}@([^"]+)"`, "g"))].map(([, key]) => key ?? ""),
  )
  return [...keys].map((key) => {
    const name = `${asset.name}@${key}`
    if (key === "all") return { name, asset, ranges: listStoredRanges(project, asset) }
    const partition = resolveStoredPartition(project, asset, key)
    return { name, asset, ranges: [{ from: partition, to: partition }] }
  })
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
