import type { QueryResultDocument } from "../documents/rows.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { openData } from "./open-data.ts"
import { toPublishedQueryError, toQueryError } from "./query-errors.ts"
import { readPublished } from "./read-published.ts"
import { readFirstRows, toRowDocument } from "./result-rows.ts"
import { findNamedRelation, requireSql } from "./sql-request.ts"

/** A query, and the number of rows to read; infinite for all. */
export interface QueryRequest {
  readonly sql: string
  readonly limit: number
}

/** Runs a query over assets by name, and reads its first rows. */
export async function queryAssets(
  services: Services,
  request: QueryRequest,
): Promise<QueryResultDocument> {
  requireSql(request.sql)
  return services.withProject({}, (project) => queryProject(project, request))
}

/** Runs a query over the assets of an open project, and reads its first rows. */
export async function queryProject(
  project: Project,
  { sql, limit }: QueryRequest,
): Promise<QueryResultDocument> {
  const newestPartitions = new Map<string, string>()
  const find = async (name: string) => {
    const match = await findNamedRelation(project, sql, name)
    if (match?.newestPartition !== undefined)
      newestPartitions.set(match.asset, match.newestPartition)
    return match?.relation
  }
  const result = await openData(project)
    .queryNamed({ sql, find }, (rows) => readFirstRows(rows, limit))
    .catch((error: unknown) => {
      throw toQueryError(project, sql, error) ?? error
    })
  const newest_partitions = [...newestPartitions].map(([asset, partition]) => ({
    asset,
    partition,
  }))
  return { newest_partitions, ...result }
}

/** Runs a query over the published tables in PostgreSQL, and reads its first rows. */
export async function queryPublished(
  services: Services,
  { sql, limit, timeoutSeconds }: QueryRequest & { readonly timeoutSeconds?: number },
): Promise<QueryResultDocument> {
  requireSql(sql)
  const query = { sql: sql.replace(/;\s*$/, ""), limit: limit + 1, timeoutSeconds }
  const { columns, rows } = await readPublished(services, query).catch(async (error: unknown) => {
    throw toPublishedQueryError(error, await listPublishedTables(services)) ?? error
  })
  const documents = rows.slice(0, limit).map((row) => toRowDocument(columns, row))
  return { newest_partitions: [], columns, rows: documents, more: rows.length > limit }
}

async function listPublishedTables({ config }: Services): Promise<readonly string[]> {
  const { findTableName } = await import("@freshet/io")
  return config.assets.flatMap((asset) =>
    asset.kind === "asset" ? (findTableName(asset) ?? []) : [],
  )
}
