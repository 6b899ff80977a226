import { type AnyAsset, type Asset, type Columns, type SourceAsset, type Sql } from "@freshet/core"
import { formatRelationName, quoteName, renderSql, sharedRelation } from "@freshet/core/engine"

import { isComputed, listAssetReads, examplePartition } from "./asset-reads.ts"
import { getNumberCell, getTextCell } from "./cell.ts"
import type { Connection, JsonRow } from "./session.ts"
import { buildEmptyQuery } from "./sql-text.ts"

/** Column of a query → type. */
export type QueryColumns = ReadonlyMap<string, string>

/** A query to bind. */
interface BindableQuery {
  readonly sql: string
  /** The asset that the query computes; undefined if its columns are not checked. */
  readonly output?: Asset
}

/** The number of queries in one statement: each statement has a fixed cost, and nesting is limited. */
const queriesPerStatement = 50

/**
 * Describes the columns of the queries of these assets if all queries, checks and rules bind; undefined if
 * one does not. The relations of their upstreams must exist.
 */
export async function bindBatches(
  connection: Connection,
  assets: readonly AnyAsset[],
): Promise<ReadonlyMap<Asset, QueryColumns> | undefined> {
  const queries = assets.flatMap((asset) =>
    isComputed(asset) ? listAssetQueries(asset) : listRuleQueries(asset),
  )
  const columnsByAsset = new Map<Asset, QueryColumns>()
  for (let at = 0; at < queries.length; at += queriesPerStatement) {
    const batch = queries.slice(at, at + queriesPerStatement)
    const rows = await connection.rows(buildBatchDescription(batch)).catch(() => undefined)
    if (rows === undefined) return undefined
    batch.forEach(({ output }, place) => {
      if (output !== undefined)
        columnsByAsset.set(
          output,
          toQueryColumns(rows.filter((row) => getNumberCell(row, "place") === place)),
        )
    })
  }
  return columnsByAsset
}

function buildBatchDescription(queries: readonly BindableQuery[]): string {
  return queries.map(({ sql }, place) => buildDescription(sql, place)).join("\nUNION ALL\n")
}

/**
 * Builds a query that describes the columns of another one without running it. `place` distinguishes several
 * in one statement.
 */
export function buildDescription(query: string, place = 0): string {
  return `SELECT ${place} AS place, column_name, column_type FROM (DESCRIBE ${query})`
}

/** Reads the columns of a described query. */
export function toQueryColumns(rows: readonly JsonRow[]): QueryColumns {
  return new Map(
    rows.map((row) => [getTextCell(row, "column_name"), getTextCell(row, "column_type")]),
  )
}

function listAssetQueries(asset: Asset): readonly BindableQuery[] {
  const { computation } = asset
  const selfReads = listAssetReads(asset).filter((read) => read.asset === undefined)
  const relationQueries = new Map(
    selfReads.map((read) => [formatRelationName(read), buildEmptyQuery(asset.columns)]),
  )
  const checks = asset.checks.flatMap(({ rule }) =>
    rule.kind === "no_rows" ? [rule.query, ...(rule.proof === undefined ? [] : [rule.proof])] : [],
  )
  const checkQueries = checks.map((query) => ({
    sql: prependRelations(relationQueries, renderExample(query)),
  }))
  if (computation.kind === "code") return checkQueries
  const query = computation.outputs.find((output) => output.asset === asset.name)?.query
  if (query === undefined) return checkQueries
  const { shared } = computation
  if (shared === undefined)
    return [
      { sql: prependRelations(relationQueries, renderExample(query)), output: asset },
      ...checkQueries,
    ]
  const withShared = new Map([...relationQueries, [sharedRelation, renderExample(shared)]])
  return [
    { sql: prependRelations(relationQueries, renderExample(shared)) },
    { sql: prependRelations(withShared, renderExample(query)), output: asset },
    ...checkQueries,
  ]
}

function listRuleQueries({
  name,
  columns,
  reject,
  duplicate,
}: SourceAsset): readonly BindableQuery[] {
  const rules = [...reject, ...(duplicate === undefined ? [] : [duplicate])]
  return rules.map(({ when }) => ({ sql: buildRuleQuery(name, columns, when) }))
}

function buildRuleQuery(name: string, columns: Columns, when: Sql): string {
  const rows = new Map([[name, buildEmptyQuery(columns)]])
  return prependRelations(rows, `SELECT (${renderExample(when)})::BOOLEAN FROM ${quoteName(name)}`)
}

/** Renders a query for the example partition; the line feed ends a trailing comment. */
function renderExample(query: Sql): string {
  return `${renderSql(query, examplePartition)}\n`
}

/** Prepends the relations that the query reads, as common table expressions. */
function prependRelations(relationQueries: ReadonlyMap<string, string>, query: string): string {
  const definitions = [...relationQueries].map(([name, rows]) => `${quoteName(name)} AS (${rows})`)
  const clause = definitions.length === 0 ? "" : `WITH ${definitions.join(", ")} `
  return `${clause}SELECT * FROM (${query})`
}
