import { type AnyAsset, ProblemsError, type Relation } from "@freshet/core"

import type { Project } from "../project/project.ts"
import {
  newestStored,
  storedPartition,
  storedPartitions,
  storedRelation,
} from "./stored-partition.ts"

/** A person's query, and what the names in it mean. */
export interface SqlRequest {
  readonly sql: string
  readonly relations: readonly Relation[]
}

/** `user_recs@2026-01-05`, quoted or not. */
const dated = /(?<!["\w@])(\w+)@(\d{4}-\d{2}-\d{2}|all)(?![\w"-])/g

/**
 * Gives each asset that the text names its newest rows. `name@2026-01-05` means that day, `name@all` every day
 * there is.
 */
export function sqlRequest(project: Project, text: string): SqlRequest {
  const { assets } = project.graph
  const sql = text.replaceAll(dated, (match, name: string) =>
    assets.has(name) ? `"${match}"` : match,
  )
  const relations: Relation[] = []
  for (const asset of assets.values()) {
    relations.push(...datedRelations(project, asset, sql))
    if (!mentions(sql, asset.name)) continue
    const newest = newestStored(project, asset)
    if (newest === undefined) continue
    relations.push(storedRelation(project, asset.name, asset, [newest]))
  }
  return { sql, relations }
}

function mentions(sql: string, name: string): boolean {
  return new RegExp(`(?<![\\w@])${name}(?![\\w@])`, "i").test(sql)
}

function datedRelations(project: Project, asset: AnyAsset, sql: string): readonly Relation[] {
  const keys = new Set(
    [...sql.matchAll(new RegExp(`"${asset.name}@([^"]+)"`, "g"))].map(([, key]) => key ?? ""),
  )
  return [...keys].map((key) => {
    const name = `${asset.name}@${key}`
    const partitions =
      key === "all" ? storedPartitions(project, asset) : [storedPartition(project, asset, key)]
    return storedRelation(project, name, asset, partitions)
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
