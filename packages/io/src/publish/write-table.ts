import { FreshetError, quoteName, type TableChange } from "@freshet/core/engine"
import type { Client } from "pg"

import { countRows } from "./count-rows.ts"
import { createDuplicateKeyError } from "./duplicate-key.ts"
import { formatTableName, quoteTable, type TargetTable } from "./target-table.ts"

/** The numbers of changed rows of a table. */
export type Counts = Pick<TableChange, "inserted" | "updated" | "deleted">

/** A table that is ready to be written within the client's transaction: with a staged difference, or with rows to load into an empty table. */
export interface PreparedTable {
  readonly target: TargetTable
  readonly kind: "unchanged" | "load" | "difference"
  /** The temporary tables of the staged rows, or of those of them that differ, and of the difference. */
  readonly stage: string
  readonly difference: string
  /** The number of rows to replace, and of staged rows. */
  readonly currentRows: number
  readonly stagedRows: number
  readonly load: () => Promise<number>
}

/** Builds the error of a table that does not accept all rows. */
export function createDroppedRowsError(
  target: TargetTable,
  inserted: number,
  rows: number,
): FreshetError {
  const label = formatTableName(target)
  return new FreshetError(
    "publish",
    `${label} was not published: it accepted ${inserted} of ${rows} new rows, because a trigger or a rule of the table drops the others.`,
    { hint: "Let the trigger accept the rows, or leave them out of the asset." },
  )
}

/** Tests if there are rows to delete. */
export async function hasDeletedRows(
  client: Client,
  { kind, difference }: PreparedTable,
): Promise<boolean> {
  if (kind !== "difference") return false
  const deleted = `select from ${difference} where freshet_kind = 'gone' limit 1`
  return (await executeChange(client, deleted)) > 0
}

/** Deletes the rows that are not staged. */
export async function deleteRows(client: Client, table: PreparedTable): Promise<number> {
  return table.kind === "difference" ? executeChange(client, buildDelete(table)) : 0
}

/** Updates the rows with other values. */
export async function updateRows(client: Client, table: PreparedTable): Promise<number> {
  return table.kind === "difference" ? executeChange(client, buildUpdate(table)) : 0
}

/** Inserts the rows that are new, or loads all of them. */
export async function insertRows(client: Client, table: PreparedTable): Promise<number> {
  if (table.kind === "unchanged") return 0
  return table.kind === "load" ? table.load() : executeChange(client, buildInsert(table))
}

/** Requires that every staged row was written: a duplicate key in the staged rows is neither inserted nor deleted. */
export async function requireAllRows(
  client: Client,
  { kind, target, stage, difference, currentRows, stagedRows }: PreparedTable,
  { inserted, deleted }: Counts,
): Promise<void> {
  if (kind !== "difference" || currentRows - deleted + inserted === stagedRows) return
  const newRows = await countRows(client, `(select from ${difference} where freshet_kind = 'new')`)
  if (inserted < newRows) throw createDroppedRowsError(target, inserted, newRows)
  throw await createDuplicateKeyError(client, target, stage)
}

/** Executes a statement and returns its number of rows. */
export async function executeChange(client: Client, statement: string): Promise<number> {
  return (await client.query(statement)).rowCount ?? 0
}

function buildDelete({ target, difference }: PreparedTable): string {
  return `
    delete from ${quoteTable(target)} t using ${difference} d
    where d.freshet_kind = 'gone' and ${buildKeyComparison(target, "d")}`
}

function buildUpdate({ target, difference }: PreparedTable): string {
  const assignments = listValueColumns(target).map((name) => `${name} = d.${name}`)
  if (assignments.length === 0) return "select where false"
  if (target.updatedAtColumn !== undefined)
    assignments.push(`${quoteName(target.updatedAtColumn)} = now()`)
  return `
    update ${quoteTable(target)} t set ${assignments.join(", ")} from ${difference} d
    where d.freshet_kind = 'changed' and ${buildKeyComparison(target, "d")}`
}

function buildInsert({ target, difference }: PreparedTable): string {
  const names = formatColumnNames(target)
  return `
    insert into ${quoteTable(target)} (${names})
    select ${names} from ${difference} where freshet_kind = 'new'`
}

/** Formats the quoted columns that an asset fills. */
export function formatColumnNames({ columns }: TargetTable): string {
  return columns.map(({ name }) => quoteName(name)).join(", ")
}

/** Lists the quoted columns outside the key. */
export function listValueColumns({ columns, key }: TargetTable): readonly string[] {
  return columns.filter(({ name }) => !key.includes(name)).map(({ name }) => quoteName(name))
}

/** Builds the condition that a row of `alias` has the key of a row of `t`. */
export function buildKeyComparison({ key }: TargetTable, alias: string): string {
  return key
    .map(quoteName)
    .map((name) => `${alias}.${name} = t.${name}`)
    .join(" and ")
}
