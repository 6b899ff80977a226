import { quoteName } from "@freshet/core/engine"
import type { Client } from "pg"

import { countRows } from "./count-rows.ts"
import type { Reference } from "./references.ts"
import { quoteTable } from "./target-table.ts"
import {
  buildKeyComparison,
  executeChange,
  listValueColumns,
  type PreparedTable,
  updateRows,
} from "./write-table.ts"

const formatMoved = (place: number) => `freshet_moved_${place}`

/**
 * Saves the rows of a table that are deleted and inserted again: changed rows, and rows that reference such rows of
 * tables before it. Rows that a table outside of the set may reference stay in place.
 */
export async function saveMovedRows(
  client: Client,
  tables: readonly PreparedTable[],
  references: readonly Reference[],
  place: number,
): Promise<void> {
  const table = tables[place]
  if (table === undefined) return
  const target = quoteTable(table.target)
  const conditions = [
    ...(table.kind === "difference" && !isReferencedFromOutside(references, place)
      ? [buildDifferenceTest(table, "changed")]
      : []),
    ...references
      .filter(({ child, parent }) => child === place && parent !== place)
      .map(buildReferenceTest),
  ]
  const isGone = table.kind === "difference" ? buildDifferenceTest(table, "gone") : "false"
  const condition = conditions.length === 0 ? "false" : conditions.join(" or ")
  await client.query(`
    create temp table ${formatMoved(place)} on commit drop as
    select t.* from ${target} t where (${condition}) and not ${isGone}`)
  const ownReferences = references.filter(
    ({ child, parent }) => child === place && parent === place,
  )
  for (let addedRows = ownReferences.length; addedRows > 0;)
    addedRows = await executeChange(
      client,
      `insert into ${formatMoved(place)} select t.* from ${target} t
      where (${ownReferences.map(buildReferenceTest).join(" or ")}) and not ${isGone}
        and not exists (
          select from ${formatMoved(place)} d where ${buildKeyComparison(table.target, "d")}
        )`,
    )
}

function isReferencedFromOutside(references: readonly Reference[], place: number): boolean {
  return references.some(({ child, parent }) => parent === place && child === null)
}

function buildDifferenceTest({ target, difference }: PreparedTable, kind: string): string {
  return `exists (
    select from ${difference} d
    where d.freshet_kind = '${kind}' and ${buildKeyComparison(target, "d")}
  )`
}

function buildReferenceTest({ parent, childColumns, parentColumns }: Reference): string {
  const comparisons = childColumns.map(
    (column, at) => `p.${quoteName(parentColumns[at] ?? "")} = t.${quoteName(column)}`,
  )
  return `exists (select from ${formatMoved(parent)} p where ${comparisons.join(" and ")})`
}

/** Deletes the rows that are not staged and the moved rows; returns the number of the first. */
export async function deleteMovedRows(
  client: Client,
  table: PreparedTable,
  place: number,
): Promise<number> {
  const { target, kind, difference } = table
  const keys = target.key.map(quoteName).join(", ")
  const gone = `select ${keys} from ${difference} where freshet_kind = 'gone'`
  const moved = `select ${keys} from ${formatMoved(place)}`
  const rows = kind === "difference" ? `${gone} union all ${moved}` : moved
  const deleted = await executeChange(
    client,
    `delete from ${quoteTable(target)} t using (${rows}) d where ${buildKeyComparison(target, "d")}`,
  )
  return deleted - (await countRows(client, formatMoved(place)))
}

/** Inserts the moved rows with their staged values, and updates changed rows that stayed in place; returns the number of changed rows. */
export async function insertMovedRows(
  client: Client,
  table: PreparedTable,
  place: number,
): Promise<number> {
  const { target, kind, difference } = table
  const names = await readWritableColumns(client, table)
  const stagedColumns = new Set(kind === "difference" ? listValueColumns(target) : [])
  const values = names.map((name) => {
    if (stagedColumns.has(name))
      return `case when d.freshet_kind is null then t.${name} else d.${name} end`
    const isTime = kind === "difference" && name === quoteName(target.updatedAtColumn ?? "")
    return isTime ? `case when d.freshet_kind is null then t.${name} else now() end` : `t.${name}`
  })
  const join =
    kind === "difference"
      ? `left join ${difference} d on d.freshet_kind = 'changed' and ${buildKeyComparison(target, "d")}`
      : ""
  await client.query(`
    insert into ${quoteTable(target)} (${names.join(", ")}) overriding system value
    select ${values.join(", ")} from ${formatMoved(place)} t ${join}`)
  if (kind !== "difference") return 0
  const reinsertedRows = await executeChange(
    client,
    `delete from ${difference} d using ${formatMoved(place)} t
    where d.freshet_kind = 'changed' and ${buildKeyComparison(target, "d")}`,
  )
  return reinsertedRows + (await updateRows(client, table))
}

/** Reads the quoted names of the columns that the database does not generate. */
async function readWritableColumns(
  client: Client,
  { target }: PreparedTable,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = to_regclass($1) and attnum > 0
      and not attisdropped and attgenerated = '' order by attnum`,
    [quoteTable(target)],
  )
  return rows.map(({ name }) => quoteName(name))
}
