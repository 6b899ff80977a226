import { type AnyAsset, ProblemsError, type Relation } from "@freshet/core"

import type { Project } from "../project/project.ts"
import {
  type StoredRows,
  everyStored,
  newestStored,
  storedPartition,
  storedRelations,
} from "./stored-partition.ts"

/** A person's query, and what the names in it mean. */
export interface SqlRequest {
  readonly sql: string
  readonly relations: readonly Relation[]
}

/** `user_recs@2026-01-05`, `visits@2026-W02`, bare; a key with other characters stands in quotes with its asset. */
const bare = /(?<!["\w@])(\w+)@([\w+-]+)(?![\w"])/g

/**
 * Gives each asset that the text names its newest rows. `name@2026-01-05` means that partition, `name@all` all
 * there are.
 */
export async function sqlRequest(project: Project, text: string): Promise<SqlRequest> {
  const { assets } = project.graph
  const sql = text.replaceAll(bare, (match, name: string) =>
    assets.has(name) ? `"${match}"` : match,
  )
  const wanted: StoredRows[] = []
  for (const asset of assets.values()) {
    wanted.push(...keyedRows(project, asset, sql))
    if (!mentions(sql, asset.name)) continue
    const newest = newestStored(project, asset)
    if (newest === undefined) continue
    wanted.push({ name: asset.name, asset, ranges: [{ from: newest, to: newest }] })
  }
  return { sql, relations: await storedRelations(project, wanted) }
}

function mentions(sql: string, name: string): boolean {
  return new RegExp(`(?<![\\w@])${name}(?![\\w@])`, "i").test(sql)
}

function keyedRows(project: Project, asset: AnyAsset, sql: string): readonly StoredRows[] {
  const keys = new Set(
    [...sql.matchAll(new RegExp(`"${asset.name}@([^"]+)"`, "g"))].map(([, key]) => key ?? ""),
  )
  return [...keys].map((key) => {
    const name = `${asset.name}@${key}`
    if (key === "all") return { name, asset, ranges: everyStored(project, asset) }
    const partition = storedPartition(project, asset, key)
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
