import type { Asset, Columns, Read } from "@freshet/core"
import {
  formatRelationName,
  getOutputs,
  type Graph,
  quoteName,
  renderSql,
  sharedRelation,
  type SqlComputation,
} from "@freshet/core/engine"

import { examplePartition } from "./asset-reads.ts"
import { readBoundPlan } from "./bound-plan.ts"
import { getTextCell } from "./cell.ts"
import { tracePlan } from "./plan-lineage.ts"
import {
  formatSource,
  getColumn,
  parseSource,
  type RowSources,
  toComputed,
  uniteRows,
  uniteValues,
  type ValueKind,
  type ValueSources,
} from "./plan-sources.ts"
import type { Connection } from "./session.ts"
import { formatColumnDefinitions } from "./sql-text.ts"

/** A column of an upstream, and the way in which it decides something. */
export interface ColumnSource {
  readonly asset: string
  readonly column: string
  readonly kind: ValueKind
}

/** The upstream columns of one asset. */
export interface ColumnLineage {
  /** Column → the upstream columns from which its values come. */
  readonly columns: ReadonlyMap<string, readonly ColumnSource[]>
  /** The upstream columns that decide which rows exist: filters, joins, groups, limits. */
  readonly rows: readonly ColumnSource[]
}

/** Traces the columns of a computation's outputs through the engine's bound plans, without data. Asset → lineage. */
export async function traceColumns(
  connection: Connection,
  graph: Graph,
  computation: SqlComputation,
): Promise<ReadonlyMap<string, ColumnLineage>> {
  const outputs = getOutputs(graph, computation)
  const lineage = new Map<string, ColumnLineage>()
  for (const { asset: name, query } of computation.outputs) {
    const output = outputs.find((candidate) => candidate.name === name)
    if (output === undefined) continue
    const assets = await createReadTables(connection, computation.reads, output)
    const shared = await traceShared(connection, computation)
    const columnList = Object.keys(output.columns).map(quoteName).join(", ")
    const sql = `SELECT ${columnList} FROM (${renderSql(query, examplePartition)}\n)`
    const traced = tracePlan(await readBoundPlan(connection, sql))
    const replaced = shared === undefined ? traced : replaceShared(traced, shared)
    lineage.set(name, toLineage(output, replaced, assets))
  }
  return lineage
}

/** Creates an empty table for each read. Returns its name → the asset that is read. */
async function createReadTables(
  connection: Connection,
  reads: readonly Read[],
  output: Asset,
): Promise<ReadonlyMap<string, string>> {
  const assets = new Map<string, string>()
  for (const read of reads) {
    const { name, columns }: { readonly name: string; readonly columns: Columns } =
      read.asset ?? output
    const relation = formatRelationName(read)
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${quoteName(relation)} (${formatColumnDefinitions(columns)})`,
    )
    assets.set(relation, name)
  }
  return assets
}

/** The lineage of the shared rows by name of their columns. */
interface SharedLineage {
  readonly columns: ReadonlyMap<string, ValueSources>
  readonly rows: ReadonlySet<string>
}

async function traceShared(
  connection: Connection,
  { shared }: SqlComputation,
): Promise<SharedLineage | undefined> {
  if (shared === undefined) return undefined
  const sql = renderSql(shared, examplePartition)
  const traced = tracePlan(await readBoundPlan(connection, sql))
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${quoteName(sharedRelation)} AS SELECT * FROM (${sql}\n) LIMIT 0`,
  )
  const described = await connection.rows(
    `SELECT column_name FROM (DESCRIBE ${quoteName(sharedRelation)})`,
  )
  const names = described.map((row) => getTextCell(row, "column_name"))
  return {
    columns: new Map(names.map((name, at) => [name, getColumn(traced, at)])),
    rows: traced.rows,
  }
}

/** Replaces the columns of the shared rows by their own sources. */
function replaceShared(traced: RowSources, shared: SharedLineage): RowSources {
  const keys = new Map(
    [...shared.columns].map(([name, sources]) => [formatSource(sharedRelation, name), sources]),
  )
  const replaceValue = (value: ValueSources): ValueSources =>
    uniteValues(
      [...value].map(([key, kind]): ValueSources => {
        const sources = keys.get(key)
        if (sources === undefined) return new Map([[key, kind]])
        return kind === "copied" ? sources : toComputed([sources])
      }),
    )
  const rowKeys = [...traced.rows].flatMap((key) => [...(keys.get(key)?.keys() ?? [key])])
  return {
    columns: traced.columns.map(replaceValue),
    otherColumns: traced.otherColumns && replaceValue(traced.otherColumns),
    rows: uniteRows(rowKeys, shared.rows),
  }
}

function toLineage(
  { columns }: Asset,
  traced: RowSources,
  assets: ReadonlyMap<string, string>,
): ColumnLineage {
  const toSources = (value: ValueSources) => listColumnSources(value, assets)
  const names = Object.keys(columns)
  const rows: ValueSources = new Map([...traced.rows].map((key) => [key, "computed"]))
  return {
    columns: new Map(names.map((name, at) => [name, toSources(getColumn(traced, at))])),
    rows: toSources(rows),
  }
}

/** Lists the columns of assets. An asset that is read several times is listed once. */
function listColumnSources(
  value: ValueSources,
  assets: ReadonlyMap<string, string>,
): readonly ColumnSource[] {
  const sources = new Map<string, ColumnSource>()
  for (const [key, kind] of value) {
    const { relation, column } = parseSource(key)
    const asset = assets.get(relation)
    if (asset === undefined) continue
    const id = formatSource(asset, column)
    if (kind === "computed" || !sources.has(id)) sources.set(id, { asset, column, kind })
  }
  return [...sources.values()]
}
