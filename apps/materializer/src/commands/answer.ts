import { type Asset, quoteName, type Relation } from "@freshet/core"

import type { Answer } from "../render/report.ts"
import type { ResultRow } from "../render/rows.ts"
import type { Data } from "./world.ts"

/** Reads the first rows of an asset that is a report, and its period; says whether there are more rows. */
export async function readAnswer(
  data: Data,
  asset: Asset,
  relation: Relation,
  limit: number,
): Promise<Answer & { readonly more: boolean }> {
  const from = quoteName(relation.name)
  const rows = await rowsOf(data, relation, `select * from ${from} limit ${limit + 1}`)
  const period = await periodOf(data, asset, relation)
  return { asset, period, rows: rows.slice(0, limit), more: rows.length > limit }
}

async function periodOf(data: Data, { report }: Asset, relation: Relation) {
  if (report?.period === undefined) return undefined
  const [from, to] = report.period.map(quoteName)
  const [found] = await rowsOf(
    data,
    relation,
    `select min(${from})::date as first, max(${to})::date as last from ${quoteName(relation.name)}`,
  )
  const { first, last } = found ?? {}
  return typeof first === "string" && typeof last === "string"
    ? ([first, last] as const)
    : undefined
}

async function rowsOf(data: Data, relation: Relation, sql: string): Promise<readonly ResultRow[]> {
  return data.query({ sql, relations: [relation] }, async ({ batches }) => {
    const rows: ResultRow[] = []
    for await (const batch of batches) rows.push(...batch)
    return rows
  })
}
