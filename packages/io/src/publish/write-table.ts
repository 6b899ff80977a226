import type { DuckDBDataChunk } from "@duckdb/node-api"
import { FreshetError, quoteName, type TableChange } from "@freshet/core/engine"
import type { Client } from "pg"

import { copyRows } from "./copy-rows.ts"
import { countRows } from "./count-rows.ts"
import { createDuplicateKeyError } from "./duplicate-key.ts"
import { loadEmptyTable } from "./load-empty-table.ts"
import type { TableScope } from "./table-scope.ts"
import { formatTableName, quoteTable, type TargetTable } from "./target-table.ts"

/** The numbers of changed rows of a table. */
export type Counts = Pick<TableChange, "inserted" | "updated" | "deleted">

/** A table that is ready to be written within the client's transaction: with a staged difference, or with rows to load into an empty table. */
export interface PreparedTable {
  readonly target: TargetTable
  readonly kind: "unchanged" | "load" | "difference"
  /** The temporary tables of the staged rows and of the difference. */
  readonly stage: string
  readonly difference: string
  /** The number of rows to replace, and of staged rows. */
  readonly currentRows: number
  readonly stagedRows: number
  readonly load: () => Promise<number>
}

/** The rows to write: the part of a table, the rows in the order of its key, and a name for temporary tables. */
export interface WriteRequest {
  readonly scope: TableScope
  readonly readChunks: () => AsyncIterable<DuckDBDataChunk>
  readonly suffix: string
  /** To preview a change, the rows of an empty table are staged too. */
  readonly purpose: "write" | "preview"
}

/** Stages the difference between a table, or some partitions of it, and other rows. */
export async function prepareTable(
  client: Client,
  target: TargetTable,
  { scope, readChunks, suffix, purpose }: WriteRequest,
): Promise<PreparedTable> {
  const [stage, difference] = [`freshet_stage_${suffix}`, `freshet_difference_${suffix}`]
  const copy = async (table: string) => {
    const counter = { rows: 0 }
    const chunks = countChunks(readChunks(), counter)
    const rows = await copyRows(client, table, target.columns, chunks)
    if (rows < counter.rows) throw createDroppedRowsError(target, rows, counter.rows)
    return rows
  }
  const load = () => copy(quoteTable(target))
  const loadWhole = () => loadEmptyTable(client, target, load)
  const isWhole = scope.kind === "whole"
  const table = { target, stage, difference, stagedRows: 0, load: isWhole ? loadWhole : load }
  if (scope.kind === "unchanged") return { ...table, kind: "unchanged", currentRows: 0 }
  const current = formatScope(target, scope)
  const currentRows = await countRows(client, current)
  if (currentRows === 0 && purpose === "write") return { ...table, kind: "load", currentRows }
  await client.query(buildStage(target, stage))
  const stagedRows = await copy(stage)
  await client.query(buildDifference({ ...table, current }))
  await client.query(`analyze ${difference}`)
  return { ...table, kind: "difference", currentRows, stagedRows }
}

async function* countChunks(
  chunks: AsyncIterable<DuckDBDataChunk>,
  counter: { rows: number },
): AsyncIterable<DuckDBDataChunk> {
  for await (const chunk of chunks) {
    counter.rows += chunk.rowCount
    yield chunk
  }
}

function createDroppedRowsError(target: TargetTable, inserted: number, rows: number): FreshetError {
  const label = formatTableName(target)
  return new FreshetError(
    "publish",
    `${label} was not published: it accepted ${inserted} of ${rows} new rows, because a trigger or a rule of the table drops the others.`,
    { hint: "Let the trigger accept the rows, or leave them out of the asset." },
  )
}

/** Formats the rows to replace as a relation. */
function formatScope(target: TargetTable, scope: TableScope): string {
  const { partitionColumn } = target
  if (scope.kind !== "partitions" || partitionColumn === undefined) return quoteTable(target)
  const condition = `${quoteName(partitionColumn.name)} in (${scope.values.join(", ")})`
  return `(select * from ${quoteTable(target)} where ${condition})`
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

/** Creates the staging table with the target's types and collations. A null key would look like a deleted row. */
function buildStage(target: TargetTable, stage: string): string {
  const notNull = target.key.map((part) => `alter column ${quoteName(part)} set not null`)
  return `
    create temp table ${stage} on commit drop as
      select ${formatColumnNames(target)} from ${quoteTable(target)} with no data;
    alter table ${stage} ${notNull.join(", ")}`
}

/** Compares the staged rows with those to replace in one pass: deleted rows, and inserted or updated rows. */
function buildDifference({
  target,
  stage,
  difference,
  current,
}: Pick<PreparedTable, "target" | "stage" | "difference"> & { readonly current: string }): string {
  const [first = ""] = target.key.map(quoteName)
  const isChanged = listValueColumns(target).map((name) => `s.${name} is distinct from t.${name}`)
  const differences = [`s.${first} is null`, `t.${first} is null`, ...isChanged]
  const selections = target.columns.map(({ name }) =>
    target.key.includes(name)
      ? `coalesce(s.${quoteName(name)}, t.${quoteName(name)}) as ${quoteName(name)}`
      : `s.${quoteName(name)}`,
  )
  return `
    create temp table ${difference} on commit drop as
    select
      case when s.${first} is null then 'gone' when t.${first} is null then 'new' else 'changed' end
        as freshet_kind,
      ${selections.join(", ")}
    from ${stage} s
    full join ${current} t on ${buildKeyComparison(target, "s")}
    where ${differences.join(" or ")}`
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

function formatColumnNames({ columns }: TargetTable): string {
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
