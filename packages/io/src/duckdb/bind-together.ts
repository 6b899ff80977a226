import {
  type AnyAsset,
  type Asset,
  type Columns,
  quoteName,
  relationName,
  renderSql,
  sharedRelation,
  type SourceAsset,
  type Sql,
} from "@freshet/core"

import { isMade, readsOfAsset, somePartition } from "./bound-reads.ts"
import { numberCell, textCell } from "./cell.ts"
import { noRowsOf } from "./literal.ts"
import type { Connection, JsonRow } from "./session.ts"

/** Column → type of what a query yields. */
export type Yielded = ReadonlyMap<string, string>

/** A query that is to bind, with what it reads besides the upstreams. */
interface Bound {
  readonly sql: string
  /** The asset whose rows the query yields; undefined when nobody wants to know what it yields. */
  readonly output?: Asset
}

/** Queries in one statement: the engine takes its time for each statement, and nests the parts of one. */
const together = 50

/**
 * What the queries of these assets yield, when all of them bind, and all checks and rules: undefined when there is
 * one that does not. The upstreams are to be there already.
 */
export async function bindTogether(
  connection: Connection,
  assets: readonly AnyAsset[],
): Promise<ReadonlyMap<Asset, Yielded> | undefined> {
  const bound = assets.flatMap((asset) => (isMade(asset) ? ofAsset(asset) : rulesOf(asset)))
  const yielded = new Map<Asset, Yielded>()
  for (let at = 0; at < bound.length; at += together) {
    const some = bound.slice(at, at + together)
    const rows = await connection.rows(described(some)).catch(() => undefined)
    if (rows === undefined) return undefined
    some.forEach(({ output }, place) => {
      if (output !== undefined)
        yielded.set(output, yieldedBy(rows.filter((row) => numberCell(row, "place") === place)))
    })
  }
  return yielded
}

function described(queries: readonly Bound[]): string {
  return queries.map(({ sql }, place) => descriptionOf(sql, place)).join("\nUNION ALL\n")
}

/** A query for the columns of another one, which is bound and not run; `place` tells several of them apart. */
export function descriptionOf(query: string, place = 0): string {
  return `SELECT ${place} AS place, column_name, column_type FROM (DESCRIBE ${query})`
}

/** What the described query yields. */
export function yieldedBy(rows: readonly JsonRow[]): Yielded {
  return new Map(rows.map((row) => [textCell(row, "column_name"), textCell(row, "column_type")]))
}

function ofAsset(asset: Asset): readonly Bound[] {
  const { computation } = asset
  const own = readsOfAsset(asset).filter((read) => read.asset === undefined)
  const names = new Map(own.map((read) => [relationName(read), noRowsOf(asset.columns)]))
  const checks = asset.checks.flatMap(({ rule }) =>
    rule.kind === "no_rows" ? [rule.query, ...(rule.proof === undefined ? [] : [rule.proof])] : [],
  )
  const ofChecks = checks.map((query) => ({ sql: reading(names, rendered(query)) }))
  if (computation.kind === "code") return ofChecks
  const query = computation.outputs.find((output) => output.asset === asset.name)?.query
  if (query === undefined) return ofChecks
  const { shared } = computation
  if (shared === undefined)
    return [{ sql: reading(names, rendered(query)), output: asset }, ...ofChecks]
  const withShared = new Map([...names, [sharedRelation, rendered(shared)]])
  return [
    { sql: reading(names, rendered(shared)) },
    { sql: reading(withShared, rendered(query)), output: asset },
    ...ofChecks,
  ]
}

function rulesOf({ name, columns, reject, duplicate }: SourceAsset): readonly Bound[] {
  const rules = [...reject, ...(duplicate === undefined ? [] : [duplicate])]
  return rules.map(({ when }) => ({ sql: ruleQuery(name, columns, when) }))
}

function ruleQuery(name: string, columns: Columns, when: Sql): string {
  const rows = new Map([[name, noRowsOf(columns)]])
  return reading(rows, `SELECT (${rendered(when)})::BOOLEAN FROM ${quoteName(name)}`)
}

/** The end of a line ends a comment, too. */
function rendered(query: Sql): string {
  return `${renderSql(query, somePartition)}\n`
}

/** The query with what stands for other rows under their names. */
function reading(names: ReadonlyMap<string, string>, query: string): string {
  const given = [...names].map(([name, rows]) => `${quoteName(name)} AS (${rows})`)
  const heads = given.length === 0 ? "" : `WITH ${given.join(", ")} `
  return `${heads}SELECT * FROM (${query})`
}
