import type { DuckDBDataChunk } from "@duckdb/node-api"
import { quoteName, type TableChange } from "@freshet/core/engine"
import type { Client } from "pg"

import { copyRows } from "./copy-rows.ts"
import { createDuplicateKeyError } from "./duplicate-key.ts"
import { loadEmptyTable } from "./load-empty-table.ts"
import type { TableScope } from "./table-scope.ts"
import { quoteTable, type TargetTable } from "./target-table.ts"

/** Rows in the order of the table's key. */
type Chunks = AsyncIterable<DuckDBDataChunk>

type Counts = Pick<TableChange, "inserted" | "updated" | "deleted">

/** Replaces the rows of a table, or of some partitions of it, within the client's transaction; writes only rows that differ. */
export async function writeTable(
  client: Client,
  target: TargetTable,
  scope: TableScope,
  chunks: Chunks,
): Promise<Counts> {
  if (scope.kind === "unchanged") return { inserted: 0, updated: 0, deleted: 0 }
  const current = formatScope(target, scope)
  const currentRows = await countRows(client, current)
  if (currentRows > 0) return writeDifference(client, target, chunks, { current, currentRows })
  const load = () => copyRows(client, quoteTable(target), target.columns, chunks)
  const inserted = await (scope.kind === "whole" ? loadEmptyTable(client, target, load) : load())
  return { inserted, updated: 0, deleted: 0 }
}

/** Formats the rows to replace as a relation. */
function formatScope(target: TargetTable, scope: TableScope): string {
  const { partitionColumn } = target
  if (scope.kind !== "partitions" || partitionColumn === undefined) return quoteTable(target)
  const condition = `${quoteName(partitionColumn.name)} in (${scope.values.join(", ")})`
  return `(select * from ${quoteTable(target)} where ${condition})`
}

async function countRows(client: Client, relation: string): Promise<number> {
  const { rows } = await client.query<{ rows: string }>(
    `select count(*) as rows from ${relation} as current`,
  )
  return Number(rows[0]?.rows)
}

async function writeDifference(
  client: Client,
  target: TargetTable,
  chunks: Chunks,
  { current, currentRows }: { readonly current: string; readonly currentRows: number },
): Promise<Counts> {
  await client.query(buildStage(target))
  const rows = await copyRows(client, stageTable, target.columns, chunks)
  await client.query(buildDifference(target, current))
  await client.query(`analyze ${differenceTable}`)
  const deleted = await executeChange(client, buildDelete(target))
  const updated = await executeChange(client, buildUpdate(target))
  const inserted = await executeChange(client, buildInsert(target))
  // A duplicate key in the staged rows is neither inserted nor deleted: only the count reveals it.
  if (currentRows - deleted + inserted !== rows)
    throw await createDuplicateKeyError(client, target, stageTable)
  await client.query(`drop table ${stageTable}, ${differenceTable}`)
  return { inserted, updated, deleted }
}

async function executeChange(client: Client, statement: string): Promise<number> {
  return (await client.query(statement)).rowCount ?? 0
}

const stageTable = "pg_temp.freshet_stage"
const differenceTable = "pg_temp.freshet_difference"

/** Creates the staging table with the target's types and collations. A null key would look like a deleted row. */
function buildStage(target: TargetTable): string {
  const notNull = target.key.map((part) => `alter column ${quoteName(part)} set not null`)
  return `
    create temp table freshet_stage on commit drop as
      select ${formatColumnNames(target)} from ${quoteTable(target)} with no data;
    alter table ${stageTable} ${notNull.join(", ")}`
}

/** Compares the staged rows with those to replace in one pass: deleted rows, and inserted or updated rows. */
function buildDifference(target: TargetTable, current: string): string {
  const [first = ""] = target.key.map(quoteName)
  const isChanged = listValueColumns(target).map((name) => `s.${name} is distinct from t.${name}`)
  const differences = [`s.${first} is null`, `t.${first} is null`, ...isChanged]
  const selections = target.columns.map(({ name }) =>
    target.key.includes(name)
      ? `coalesce(s.${quoteName(name)}, t.${quoteName(name)}) as ${quoteName(name)}`
      : `s.${quoteName(name)}`,
  )
  return `
    create temp table freshet_difference on commit drop as
    select
      case when s.${first} is null then 'gone' when t.${first} is null then 'new' else 'changed' end
        as freshet_kind,
      ${selections.join(", ")}
    from ${stageTable} s
    full join ${current} t on ${buildKeyComparison(target, "s")}
    where ${differences.join(" or ")}`
}

function buildDelete(target: TargetTable): string {
  return `
    delete from ${quoteTable(target)} t using ${differenceTable} d
    where d.freshet_kind = 'gone' and ${buildKeyComparison(target, "d")}`
}

function buildUpdate(target: TargetTable): string {
  const assignments = listValueColumns(target).map((name) => `${name} = d.${name}`)
  if (assignments.length === 0) return "select where false"
  if (target.updatedAtColumn !== undefined)
    assignments.push(`${quoteName(target.updatedAtColumn)} = now()`)
  return `
    update ${quoteTable(target)} t set ${assignments.join(", ")} from ${differenceTable} d
    where d.freshet_kind = 'changed' and ${buildKeyComparison(target, "d")}`
}

function buildInsert(target: TargetTable): string {
  const names = formatColumnNames(target)
  return `
    insert into ${quoteTable(target)} (${names})
    select ${names} from ${differenceTable} where freshet_kind = 'new'`
}

function formatColumnNames({ columns }: TargetTable): string {
  return columns.map(({ name }) => quoteName(name)).join(", ")
}

/** Lists the quoted columns outside the key. */
function listValueColumns({ columns, key }: TargetTable): readonly string[] {
  return columns.filter(({ name }) => !key.includes(name)).map(({ name }) => quoteName(name))
}

function buildKeyComparison({ key }: TargetTable, alias: string): string {
  return key
    .map(quoteName)
    .map((name) => `${alias}.${name} = t.${name}`)
    .join(" and ")
}
