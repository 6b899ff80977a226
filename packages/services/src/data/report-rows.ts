import type { Asset } from "@freshet/core"
import { quoteName, type Relation } from "@freshet/core/engine"

import type { DataAccess } from "./open-data.ts"

/** One row by column name, its values fit for JSON. */
export type ResultRow = Readonly<Record<string, unknown>>

/** An answer that is ready to be read: an asset's first rows, and from when to when all its rows are about. */
export interface ReportRows {
  readonly asset: Pick<Asset, "columns" | "description" | "report">
  readonly period: readonly [from: string, to: string] | undefined
  readonly rows: readonly ResultRow[]
}

/** Reads the first rows of an asset that is a report, and its period; says whether there are more rows. */
export async function readReportRows(
  data: DataAccess,
  asset: Asset,
  relation: Relation,
  limit: number,
): Promise<ReportRows & { readonly more: boolean }> {
  const from = quoteName(relation.name)
  const rows = await queryRows(data, relation, `select * from ${from} limit ${limit + 1}`)
  const period = await readPeriod(data, asset, relation)
  return { asset, period, rows: rows.slice(0, limit), more: rows.length > limit }
}

async function readPeriod(data: DataAccess, { report }: Asset, relation: Relation) {
  if (report?.period === undefined) return undefined
  const [from, to] = report.period.map(quoteName)
  const [periodRow] = await queryRows(
    data,
    relation,
    `select min(${from})::date as first, max(${to})::date as last from ${quoteName(relation.name)}`,
  )
  const { first, last } = periodRow ?? {}
  return typeof first === "string" && typeof last === "string"
    ? ([first, last] as const)
    : undefined
}

async function queryRows(
  data: DataAccess,
  relation: Relation,
  sql: string,
): Promise<readonly ResultRow[]> {
  return data.query({ sql, relations: [relation] }, async ({ batches }) => {
    const rows: ResultRow[] = []
    for await (const batch of batches) rows.push(...batch)
    return rows
  })
}
