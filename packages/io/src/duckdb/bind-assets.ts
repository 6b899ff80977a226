import {
  type AnyAsset,
  type Asset,
  type Columns,
  type Read,
  type SourceAsset,
  type Sql,
} from "@freshet/core"
import {
  type Computation,
  formatRelationName,
  formatSuggestion,
  listReads,
  type Problem,
  quoteName,
  renderSql,
  sharedRelation,
} from "@freshet/core/engine"

import { isComputed, listAssetReads, examplePartition } from "./asset-reads.ts"
import { bindBatches, buildDescription, type QueryColumns, toQueryColumns } from "./bind-batches.ts"
import { formatEngineMessage } from "./engine-error.ts"
import type { Connection } from "./session.ts"
import { formatColumnDefinitions } from "./sql-text.ts"

/** Binds queries, checks and rules to empty relations and returns the problems that the engine reports. */
export async function bindAssets(
  connection: Connection,
  assets: readonly AnyAsset[],
): Promise<readonly Problem[]> {
  await createUpstreamTables(connection, assets)
  const columnsByAsset = await bindBatches(connection, assets)
  return columnsByAsset === undefined
    ? await bindSeparately(connection, assets)
    : await compareAllColumns(connection, columnsByAsset)
}

async function compareAllColumns(
  connection: Connection,
  columnsByAsset: ReadonlyMap<Asset, QueryColumns>,
): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const [asset, types] of columnsByAsset)
    problems.push(...(await compareColumns(connection, asset, types)))
  return problems
}

/** Binds queries one by one, so that each problem has its location. */
async function bindSeparately(
  connection: Connection,
  assets: readonly AnyAsset[],
): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const [computation, outputs] of groupByComputation(assets.filter(isComputed)))
    problems.push(...(await bindComputation(connection, computation, outputs)))
  for (const asset of assets.filter(isComputed))
    problems.push(...(await bindChecks(connection, asset)))
  for (const source of assets.filter((asset) => asset.kind === "source"))
    problems.push(...(await bindRules(connection, source)))
  return problems
}

function groupByComputation(assets: readonly Asset[]): ReadonlyMap<Computation, readonly Asset[]> {
  const groups = new Map<Computation, Asset[]>()
  for (const asset of assets) {
    const group = groups.get(asset.computation) ?? []
    groups.set(asset.computation, [...group, asset])
  }
  return groups
}

async function createUpstreamTables(
  connection: Connection,
  assets: readonly AnyAsset[],
): Promise<void> {
  const tables = new Map<string, Columns>()
  for (const asset of assets)
    for (const read of asset.kind === "asset" ? listAssetReads(asset) : [])
      if (read.asset !== undefined) tables.set(formatRelationName(read), read.asset.columns)
  const create = [...tables].map(([name, columns]) => buildEmptyTable(name, columns)).join("\n")
  if (create !== "") await connection.run(create)
}

function buildEmptyTable(name: string, columns: Columns): string {
  return `CREATE OR REPLACE TEMP TABLE ${quoteName(name)} (${formatColumnDefinitions(columns)});`
}

/** Creates empty relations of the asset's own rows, under every name that its queries use. */
async function createItselfTables(connection: Connection, asset: Asset): Promise<void> {
  const selfReads = listAssetReads(asset).filter((read) => read.asset === undefined)
  const create = selfReads
    .map((read) => buildEmptyTable(formatRelationName(read), asset.columns))
    .join("\n")
  if (create !== "") await connection.run(create)
}

async function bindComputation(
  connection: Connection,
  computation: Computation,
  outputs: readonly Asset[],
): Promise<readonly Problem[]> {
  if (computation.kind === "code") return []
  const [first] = outputs
  if (first !== undefined) await createItselfTables(connection, first)
  if (computation.shared !== undefined) {
    const problem = await bindShared(connection, computation.shared, computation)
    if (problem !== undefined) return [problem]
  }
  const problems: Problem[] = []
  for (const { asset: name, query } of computation.outputs) {
    const output = outputs.find((candidate) => candidate.name === name)
    if (output !== undefined) problems.push(...(await bindQuery(connection, output, query)))
  }
  return problems
}

async function bindShared(
  connection: Connection,
  shared: Sql,
  computation: Computation,
): Promise<Problem | undefined> {
  try {
    const rows = `SELECT * FROM (${renderSql(shared, examplePartition)}) LIMIT 0`
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${quoteName(sharedRelation)} AS ${rows}`)
    return undefined
  } catch (error) {
    const { name, reads } = computation
    return toBindProblem({ asset: name, subject: "its shared rows' query", reads }, error)
  }
}

async function bindQuery(
  connection: Connection,
  asset: Asset,
  query: Sql,
): Promise<readonly Problem[]> {
  try {
    const queryColumns = await describeQuery(connection, renderSql(query, examplePartition))
    return await compareColumns(connection, asset, queryColumns)
  } catch (error) {
    const { reads } = asset.computation
    return [toBindProblem({ asset: asset.name, subject: "its query", reads }, error)]
  }
}

async function bindChecks(connection: Connection, asset: Asset): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  await createItselfTables(connection, asset)
  for (const { name, rule } of asset.checks) {
    if (rule.kind !== "no_rows") continue
    const reads = listReads(rule.query)
    try {
      await describeQuery(connection, renderSql(rule.query, examplePartition))
      if (rule.proof !== undefined)
        await describeQuery(connection, renderSql(rule.proof, examplePartition))
    } catch (error) {
      const ownColumns = Object.keys(asset.columns)
      problems.push(
        toBindProblem(
          { asset: asset.name, subject: `its check ${name}`, reads, ownColumns },
          error,
        ),
      )
    }
  }
  return problems
}

async function bindRules(connection: Connection, source: SourceAsset): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  await connection.run(buildEmptyTable(source.name, source.columns))
  const reads: Read[] = [{ kind: "read", asset: source, window: { kind: "same" } }]
  const rules = [...source.reject, ...(source.duplicate === undefined ? [] : [source.duplicate])]
  for (const { reason, when } of rules) {
    const condition = `SELECT (${renderSql(when, examplePartition)})::BOOLEAN FROM ${quoteName(source.name)}`
    try {
      await describeQuery(connection, condition)
    } catch (error) {
      problems.push(
        toBindProblem({ asset: source.name, subject: `its rule ${reason}`, reads }, error),
      )
    }
  }
  return problems
}

/** Describes the columns of a query without running it. */
async function describeQuery(connection: Connection, query: string): Promise<QueryColumns> {
  return toQueryColumns(await connection.rows(buildDescription(`SELECT * FROM (${query}\n)`)))
}

async function compareColumns(
  connection: Connection,
  asset: Asset,
  queryColumns: QueryColumns,
): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  const addProblem = (kind: string, message: string, hint: string) =>
    problems.push({ kind, asset: asset.name, message, hint })
  for (const [name, { type }] of Object.entries(asset.columns)) {
    const queryType = queryColumns.get(name)
    if (queryType === undefined)
      addProblem(
        "missing_column",
        `the query of \`${asset.name}\` yields no column \`${name}\``,
        formatSuggestion(name, queryColumns.keys()),
      )
    else if (queryType !== type && queryType !== (await readEngineType(connection, type)))
      addProblem(
        "wrong_type",
        `\`${asset.name}.${name}\` is declared ${type}, but the query yields ${queryType}`,
        `Cast it in the query, ${quoteName(name)}::${type}, or declare what it is.`,
      )
  }
  for (const name of queryColumns.keys())
    if (asset.columns[name] === undefined)
      addProblem(
        "undeclared_column",
        `the query of \`${asset.name}\` yields \`${name}\`, which is not declared`,
        formatSuggestion(name, Object.keys(asset.columns)),
      )
  return problems
}

/** Reads a type in the engine's notation, which quotes struct members only if necessary. */
async function readEngineType(connection: Connection, type: string): Promise<string | undefined> {
  return (await describeQuery(connection, `SELECT CAST(NULL AS ${type}) AS declared`)).get(
    "declared",
  )
}

function toBindProblem(
  where: {
    readonly asset: string
    readonly subject: string
    readonly reads: readonly Read[]
    readonly ownColumns?: readonly string[]
  },
  error: unknown,
): Problem {
  const { asset, subject, reads, ownColumns = [] } = where
  const message = `\`${asset}\`: ${subject} does not bind: ${formatEngineMessage(error)}`
  const column = /^Referenced column "(.+?)" not found/.exec(formatEngineMessage(error))?.[1]
  if (column === undefined) return { kind: "bind", asset, message }
  const readColumns = reads.flatMap((read) => Object.keys(read.asset?.columns ?? {}))
  const columnNames = [...ownColumns, ...readColumns]
  return { kind: "bind", asset, message, hint: formatSuggestion(column, new Set(columnNames)) }
}
