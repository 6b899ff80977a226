import { FreshetError } from "@freshet/core/engine"
import type { Client } from "pg"

import { deleteMovedRows, insertMovedRows, saveMovedRows } from "./moved-rows.ts"
import { toPublishError } from "./publish-error.ts"
import { type Reference, readReferences, sortParentsFirst } from "./references.ts"
import { formatTableName } from "./target-table.ts"
import {
  type Counts,
  deleteRows,
  hasDeletedRows,
  insertRows,
  type PreparedTable,
  requireAllRows,
  updateRows,
} from "./write-table.ts"

/**
 * Writes the tables of a set: rows are deleted from referencing tables first, and inserted into referenced tables first.
 * Where a unique value or a reference moves between rows, which the database refuses in this order, the rows concerned
 * are deleted and inserted again.
 */
export async function writeSet(
  client: Client,
  tables: readonly PreparedTable[],
): Promise<readonly Counts[]> {
  const references = await readReferences(client, tables)
  const order = sortParentsFirst(tables.length, references)
  if (await hasCascade(client, tables, references))
    return moveInOrder(client, tables, { references, order })
  await client.query("savepoint freshet_write")
  try {
    return await writeInOrder(client, tables, order)
  } catch (cause) {
    const hasDifference = tables.some(({ kind }) => kind === "difference")
    if (!hasDifference || !isOrderViolation(cause)) throw cause
    await client.query("rollback to savepoint freshet_write")
    return moveInOrder(client, tables, { references, order })
  }
}

/** Tests if a row to delete would delete or change rows that reference it, and that may stay with other values. */
async function hasCascade(
  client: Client,
  tables: readonly PreparedTable[],
  references: readonly Reference[],
): Promise<boolean> {
  for (const { child, parent, cascades } of references) {
    const table = tables[parent]
    if (child === null || !cascades || table === undefined) continue
    if (await hasDeletedRows(client, table)) return true
  }
  return false
}

/** Tests if the server refused a duplicate unique value, a missing reference, or the deletion of a referenced row. */
function isOrderViolation(error: unknown): boolean {
  const cause = error instanceof FreshetError ? error.cause : error
  const { code } = (cause ?? {}) as { readonly code?: string } // as errors of PostgreSQL have
  return code === "23505" || code === "23503" || code === "23001"
}

async function writeInOrder(
  client: Client,
  tables: readonly PreparedTable[],
  order: readonly number[],
): Promise<readonly Counts[]> {
  const counts = tables.map(() => ({ inserted: 0, updated: 0, deleted: 0 }))
  for (const [table, count] of selectInOrder(tables, counts, order.toReversed()))
    count.deleted = await withTable(table, () => deleteRows(client, table))
  for (const [table, count] of selectInOrder(tables, counts, order))
    await withTable(table, async () => {
      count.updated = await updateRows(client, table)
      count.inserted = await insertRows(client, table)
      await requireAllRows(client, table, count)
    })
  return counts
}

async function moveInOrder(
  client: Client,
  tables: readonly PreparedTable[],
  {
    references,
    order,
  }: { readonly references: readonly Reference[]; readonly order: readonly number[] },
): Promise<readonly Counts[]> {
  const counts = tables.map(() => ({ inserted: 0, updated: 0, deleted: 0 }))
  for (const place of order) await saveMovedRows(client, tables, references, place)
  for (const [table, count, place] of selectInOrder(tables, counts, order.toReversed()))
    count.deleted = await withTable(table, () => deleteMovedRows(client, table, place))
  for (const [table, count, place] of selectInOrder(tables, counts, order))
    await withTable(table, async () => {
      count.updated = await insertMovedRows(client, table, place)
      count.inserted = await insertRows(client, table)
      await requireAllRows(client, table, count)
    })
  return counts
}

function* selectInOrder<C>(
  tables: readonly PreparedTable[],
  counts: readonly C[],
  order: readonly number[],
): Iterable<readonly [PreparedTable, C, number]> {
  for (const place of order) {
    const [table, count] = [tables[place], counts[place]]
    if (table !== undefined && count !== undefined) yield [table, count, place]
  }
}

/** Names the table in the error of a statement. */
async function withTable<T>({ target }: PreparedTable, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw toPublishError(formatTableName(target), cause)
  }
}
