import type { DuckDBDataChunk } from "@duckdb/node-api"
import { quoteName } from "@freshet/core/engine"
import type { Client } from "pg"

import { isConnectionLost } from "../ledger/connection-loss.ts"
import { copyRows } from "./copy-rows.ts"
import { countRows } from "./count-rows.ts"
import { loadEmptyTable } from "./load-empty-table.ts"
import type { TableScope } from "./table-scope.ts"
import { quoteTable, type TargetTable } from "./target-table.ts"
import {
  buildKeyComparison,
  createDroppedRowsError,
  formatColumnNames,
  listValueColumns,
  type PreparedTable,
} from "./write-table.ts"

/** The rows to write: the part of a table, the rows in the order of its key, and a name for temporary tables. */
export interface WriteRequest {
  readonly scope: TableScope
  readonly readChunks: () => AsyncIterable<DuckDBDataChunk>
  /** The difference as the engine computes it; undefined if it does not know the table's rows. */
  readonly engineDifference: EngineDifference | undefined
  readonly suffix: string
  /** To preview a change, the rows of an empty table are staged too. */
  readonly purpose: "write" | "preview"
}

/** A difference between the rows of a part of a table and other rows, computed from files. */
export interface EngineDifference {
  readonly currentRows: number
  /** Counts the other rows. */
  readonly countRows: () => Promise<number>
  /** Streams the rows that differ: `freshet_kind` and the columns of the table. */
  readonly readChunks: () => AsyncIterable<DuckDBDataChunk>
}

type StageNames = Pick<PreparedTable, "target" | "stage" | "difference">

/** Stages the difference between a table, or some partitions of it, and other rows. */
export async function prepareTable(
  client: Client,
  target: TargetTable,
  { scope, readChunks, engineDifference, suffix, purpose }: WriteRequest,
): Promise<PreparedTable> {
  const names = {
    target,
    stage: `freshet_stage_${suffix}`,
    difference: `freshet_difference_${suffix}`,
  }
  const copy = (table: string) => copyAllRows(client, { table, target }, readChunks)
  const load = () => copy(quoteTable(target))
  const loadWhole = () => loadEmptyTable(client, target, load)
  const table = { ...names, stagedRows: 0, load: scope.kind === "whole" ? loadWhole : load }
  if (scope.kind === "unchanged") return { ...table, kind: "unchanged", currentRows: 0 }
  const current = formatScope(target, scope)
  const currentRows = engineDifference?.currentRows ?? (await countRows(client, current))
  if (currentRows === 0 && purpose === "write") return { ...table, kind: "load", currentRows }
  const difference =
    engineDifference && (await stageEngineDifference(client, names, engineDifference))
  if (difference !== undefined) return { ...table, ...difference, kind: "difference" }
  await client.query(buildStage(names))
  const stagedRows = await copy(names.stage)
  await client.query(buildDifference({ ...names, current }))
  await client.query(`analyze ${names.difference}`)
  return { ...table, kind: "difference", currentRows, stagedRows }
}

async function copyAllRows(
  client: Client,
  { table, target }: { readonly table: string; readonly target: TargetTable },
  readChunks: WriteRequest["readChunks"],
): Promise<number> {
  const counter = { rows: 0 }
  const rows = await copyRows(client, table, target.columns, countChunks(readChunks(), counter))
  if (rows < counter.rows) throw createDroppedRowsError(target, rows, counter.rows)
  return rows
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

const kindColumn = { name: "freshet_kind", form: "text" } as const

/**
 * Stages a difference that the engine computes. Returns undefined if the files cannot be compared or do not agree with
 * the numbers of rows: the server compares the rows then, and names what is wrong with them.
 */
async function stageEngineDifference(
  client: Client,
  { target, difference }: StageNames,
  { currentRows, ...engine }: EngineDifference,
): Promise<Pick<PreparedTable, "stage" | "currentRows" | "stagedRows"> | undefined> {
  await client.query("savepoint freshet_difference")
  try {
    const stagedRows = await engine.countRows()
    await client.query(buildEmptyDifference(target, difference))
    await copyRows(client, difference, [kindColumn, ...target.columns], engine.readChunks())
    const gone = await countKind(client, difference, "gone")
    const added = await countKind(client, difference, "new")
    if (currentRows - gone + added !== stagedRows) throw new RangeError("a key is repeated")
    await client.query(`release savepoint freshet_difference; analyze ${difference}`)
    return { stage: difference, currentRows, stagedRows }
  } catch (cause) {
    if (isConnectionLost(cause)) throw cause
    await client.query(
      "rollback to savepoint freshet_difference; release savepoint freshet_difference",
    )
    return undefined
  }
}

function countKind(client: Client, difference: string, kind: string): Promise<number> {
  return countRows(client, `(select from ${difference} where freshet_kind = '${kind}')`)
}

/** Formats the rows to replace as a relation. */
function formatScope(target: TargetTable, scope: TableScope): string {
  const { partitionColumn } = target
  if (scope.kind !== "partitions" || partitionColumn === undefined) return quoteTable(target)
  const condition = `${quoteName(partitionColumn.name)} in (${scope.values.join(", ")})`
  return `(select * from ${quoteTable(target)} where ${condition})`
}

/** Creates the staging table with the target's types and collations. A null key would look like a deleted row. */
function buildStage({ target, stage }: StageNames): string {
  return `
    create temp table ${stage} on commit drop as
      select ${formatColumnNames(target)} from ${quoteTable(target)} with no data;
    alter table ${stage} ${formatKeyNotNull(target)}`
}

function buildEmptyDifference(target: TargetTable, difference: string): string {
  return `
    create temp table ${difference} on commit drop as
      select ''::text as freshet_kind, ${formatColumnNames(target)} from ${quoteTable(target)} with no data;
    alter table ${difference} ${formatKeyNotNull(target)}`
}

function formatKeyNotNull({ key }: TargetTable): string {
  return key.map((part) => `alter column ${quoteName(part)} set not null`).join(", ")
}

/** Compares the staged rows with those to replace in one pass: deleted rows, and inserted or updated rows. */
function buildDifference({
  target,
  stage,
  difference,
  current,
}: StageNames & { readonly current: string }): string {
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
