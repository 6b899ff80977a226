import type { Asset } from "@freshet/core"
import { quoteName, type Relation } from "@freshet/core/engine"

import type { ReportDocument, RowDocument } from "../documents/rows.ts"
import { toColumnDocuments } from "../status/read-columns.ts"
import type { DataAccess } from "./open-data.ts"

/** Reads the title and the period of an asset that is a report; null for any other asset. */
export async function readReport(
  data: DataAccess,
  asset: Asset,
  relation: Relation,
): Promise<ReportDocument | null> {
  const { report, description, columns } = asset
  if (report === undefined) return null
  return {
    title: report.title,
    description,
    period: await readPeriod(data, report.period, relation),
    columns: toColumnDocuments(columns).filter(
      ({ name }) => report.period?.includes(name) !== true,
    ),
  }
}

async function readPeriod(
  data: DataAccess,
  columns: readonly [from: string, to: string] | undefined,
  relation: Relation,
): Promise<ReportDocument["period"]> {
  if (columns === undefined) return null
  const [from, to] = columns.map(quoteName)
  const sql = `select min(${from})::date as first, max(${to})::date as last from ${quoteName(relation.name)}`
  const [periodRow] = await data.query({ sql, relations: [relation] }, async ({ batches }) => {
    const rows: RowDocument[] = []
    for await (const batch of batches) rows.push(...batch)
    return rows
  })
  const { first, last } = periodRow ?? {}
  return typeof first === "string" && typeof last === "string" ? { from: first, to: last } : null
}
