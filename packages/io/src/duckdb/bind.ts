import {
  type AnyAsset,
  type Asset,
  type Columns,
  type Computation,
  didYouMean,
  type Problem,
  quoteName,
  type Read,
  readsOf,
  relationName,
  renderSql,
  sharedRelation,
  type SourceAsset,
  type Sql,
} from "@freshet/core"

import { bindTogether, descriptionOf, type Yielded, yieldedBy } from "./bind-together.ts"
import { isMade, readsOfAsset, somePartition } from "./bound-reads.ts"
import { engineSentence } from "./failure.ts"
import { columnDefinitions } from "./literal.ts"
import type { Connection } from "./session.ts"

/** What the engine finds wrong in queries, checks and rules when it binds them to what they read, with no rows at all. */
export async function bindAssets(
  connection: Connection,
  assets: readonly AnyAsset[],
): Promise<readonly Problem[]> {
  await createUpstreams(connection, assets)
  const yielded = await bindTogether(connection, assets)
  return yielded === undefined
    ? await bindEach(connection, assets)
    : await compareAll(connection, yielded)
}

async function compareAll(
  connection: Connection,
  yielded: ReadonlyMap<Asset, Yielded>,
): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const [asset, types] of yielded)
    problems.push(...(await compareColumns(connection, asset, types)))
  return problems
}

/** One by one, so that each problem has its place. */
async function bindEach(
  connection: Connection,
  assets: readonly AnyAsset[],
): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const [computation, outputs] of byComputation(assets.filter(isMade)))
    problems.push(...(await bindComputation(connection, computation, outputs)))
  for (const asset of assets.filter(isMade)) problems.push(...(await bindChecks(connection, asset)))
  for (const source of assets.filter((each) => each.kind === "source"))
    problems.push(...(await bindRules(connection, source)))
  return problems
}

function byComputation(assets: readonly Asset[]): ReadonlyMap<Computation, readonly Asset[]> {
  const groups = new Map<Computation, Asset[]>()
  for (const asset of assets) {
    const group = groups.get(asset.computation) ?? []
    groups.set(asset.computation, [...group, asset])
  }
  return groups
}

async function createUpstreams(connection: Connection, assets: readonly AnyAsset[]): Promise<void> {
  const tables = new Map<string, Columns>()
  for (const asset of assets)
    for (const read of asset.kind === "asset" ? readsOfAsset(asset) : [])
      if (read.asset !== undefined) tables.set(relationName(read), read.asset.columns)
  const create = [...tables].map(([name, columns]) => emptyTable(name, columns)).join("\n")
  if (create !== "") await connection.run(create)
}

function emptyTable(name: string, columns: Columns): string {
  return `CREATE OR REPLACE TEMP TABLE ${quoteName(name)} (${columnDefinitions(columns)});`
}

/** The asset's own rows under every name by which its queries read them. */
async function createItself(connection: Connection, asset: Asset): Promise<void> {
  const own = readsOfAsset(asset).filter((read) => read.asset === undefined)
  const create = own.map((read) => emptyTable(relationName(read), asset.columns)).join("\n")
  if (create !== "") await connection.run(create)
}

async function bindComputation(
  connection: Connection,
  computation: Computation,
  outputs: readonly Asset[],
): Promise<readonly Problem[]> {
  if (computation.kind === "code") return []
  const [first] = outputs
  if (first !== undefined) await createItself(connection, first)
  if (computation.shared !== undefined) {
    const problem = await bindShared(connection, computation.shared, computation)
    if (problem !== undefined) return [problem]
  }
  const problems: Problem[] = []
  for (const { asset: name, query } of computation.outputs) {
    const output = outputs.find((each) => each.name === name)
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
    const rows = `SELECT * FROM (${renderSql(shared, somePartition)}) LIMIT 0`
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${quoteName(sharedRelation)} AS ${rows}`)
    return undefined
  } catch (error) {
    const { name, reads } = computation
    return bindProblem({ asset: name, what: "its shared rows' query", reads }, error)
  }
}

async function bindQuery(
  connection: Connection,
  asset: Asset,
  query: Sql,
): Promise<readonly Problem[]> {
  try {
    const yielded = await describe(connection, renderSql(query, somePartition))
    return await compareColumns(connection, asset, yielded)
  } catch (error) {
    const { reads } = asset.computation
    return [bindProblem({ asset: asset.name, what: "its query", reads }, error)]
  }
}

async function bindChecks(connection: Connection, asset: Asset): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  await createItself(connection, asset)
  for (const { name, rule } of asset.checks) {
    if (rule.kind !== "no_rows") continue
    const reads = readsOf(rule.query)
    try {
      await describe(connection, renderSql(rule.query, somePartition))
      if (rule.proof !== undefined) await describe(connection, renderSql(rule.proof, somePartition))
    } catch (error) {
      const own = Object.keys(asset.columns)
      problems.push(
        bindProblem({ asset: asset.name, what: `its check ${name}`, reads, own }, error),
      )
    }
  }
  return problems
}

async function bindRules(connection: Connection, source: SourceAsset): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  await connection.run(emptyTable(source.name, source.columns))
  const reads: Read[] = [{ kind: "read", asset: source, window: { kind: "same" } }]
  const rules = [...source.reject, ...(source.duplicate === undefined ? [] : [source.duplicate])]
  for (const { reason, when } of rules) {
    const condition = `SELECT (${renderSql(when, somePartition)})::BOOLEAN FROM ${quoteName(source.name)}`
    try {
      await describe(connection, condition)
    } catch (error) {
      problems.push(bindProblem({ asset: source.name, what: `its rule ${reason}`, reads }, error))
    }
  }
  return problems
}

/** What a query yields, as the engine knows it before it runs. */
async function describe(connection: Connection, query: string): Promise<Yielded> {
  return yieldedBy(await connection.rows(descriptionOf(`SELECT * FROM (${query}\n)`)))
}

async function compareColumns(
  connection: Connection,
  asset: Asset,
  yielded: Yielded,
): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  const say = (kind: string, message: string, hint: string) =>
    problems.push({ kind, asset: asset.name, message, hint })
  for (const [name, { type }] of Object.entries(asset.columns)) {
    const found = yielded.get(name)
    if (found === undefined)
      say(
        "missing_column",
        `the query of \`${asset.name}\` yields no column \`${name}\``,
        didYouMean(name, yielded.keys()),
      )
    else if (found !== type && found !== (await engineType(connection, type)))
      say(
        "wrong_type",
        `\`${asset.name}.${name}\` is declared ${type}, but the query yields ${found}`,
        `Cast it in the query, ${quoteName(name)}::${type}, or declare what it is.`,
      )
  }
  for (const name of yielded.keys())
    if (asset.columns[name] === undefined)
      say(
        "undeclared_column",
        `the query of \`${asset.name}\` yields \`${name}\`, which is not declared`,
        didYouMean(name, Object.keys(asset.columns)),
      )
  return problems
}

/** A type as the engine writes it: it quotes the members of a struct only where it must. */
async function engineType(connection: Connection, type: string): Promise<string | undefined> {
  return (await describe(connection, `SELECT CAST(NULL AS ${type}) AS declared`)).get("declared")
}

function bindProblem(
  where: {
    readonly asset: string
    readonly what: string
    readonly reads: readonly Read[]
    readonly own?: readonly string[]
  },
  error: unknown,
): Problem {
  const { asset, what, reads, own = [] } = where
  const message = `\`${asset}\`: ${what} does not bind: ${engineSentence(error)}`
  const column = /^Referenced column "(.+?)" not found/.exec(engineSentence(error))?.[1]
  if (column === undefined) return { kind: "bind", asset, message }
  const read = reads.flatMap((each) => Object.keys(each.asset?.columns ?? {}))
  const known = [...own, ...read]
  return { kind: "bind", asset, message, hint: didYouMean(column, new Set(known)) }
}
