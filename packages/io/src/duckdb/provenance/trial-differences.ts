import { quoteName } from "@freshet/core/engine"

import { getNumberCell } from "../cell.ts"
import type { Connection } from "../session.ts"
import { formatColumnList } from "../sql-text.ts"
import type { Slice, SlicedNode, Slices } from "./slice.ts"

/** The differences of the trials in one input. */
export interface Difference {
  /** Table of (trial, rid): the rows that a trial lacks; undefined if there are none. */
  readonly removed?: string | undefined
  /** Table of (trial, columns): the rows that only a trial has; undefined if there are none. */
  readonly added?: string | undefined
}

/** Input → its differences; no entry if there are none. */
export type Differences = ReadonlyMap<string, Difference>

/** Rows that are left out, slices and differences of the inputs → the differences that follow; undefined for none. */
export type DifferenceCache = Map<string, Difference | undefined>

/** The trials that are computed, input by input. */
export interface Propagation {
  readonly connection: Connection
  readonly slices: Slices
  readonly differences: Map<string, Difference>
  readonly cache: DifferenceCache
  readonly nextTable: (kind: string) => string
}

/** A relation of a query, and the slices with its rows. */
export interface RelationInputs {
  readonly relation: string
  readonly slices: readonly Slice[]
}

/** The query of an output over slices. */
export interface OutputQuery {
  readonly sliced: SlicedNode
  readonly asset: string
  readonly inputs: readonly RelationInputs[]
}

/** Selects the rows of an input that are gone, or that came in, with their trials; undefined for none. */
export function selectChanges(
  { differences }: Pick<Propagation, "differences">,
  { input, table, columns }: Slice,
  kind: "removed" | "added",
): string | undefined {
  const difference = differences.get(input.id)
  if (difference === undefined) return undefined
  const list = formatColumnList(columns)
  const { removed, added } = difference
  if (kind === "added") return added && `SELECT " trial", ${list} FROM ${added}`
  return removed && `SELECT " trial", ${list} FROM ${removed} JOIN ${table} USING (" rid")`
}

/** Lists queries of the trials that differ. */
export function selectTrials({ removed, added }: Difference): readonly string[] {
  return [removed, added].flatMap((table) =>
    table === undefined ? [] : [`SELECT " trial" FROM ${table}`],
  )
}

/** Reads the numbers of the trials in queries. */
export async function readTrials(
  connection: Connection,
  queries: readonly string[],
): Promise<readonly number[]> {
  if (queries.length === 0) return []
  const rows = await connection.rows(
    `SELECT DISTINCT " trial"::INTEGER AS trial FROM (${queries.join(" UNION ALL ")})`,
  )
  return rows.map((row) => getNumberCell(row, "trial"))
}

/** Sums signed rows per trial. Returns the table of those that do not cancel out; undefined without queries. */
export async function sumRows(
  { connection, nextTable }: Propagation,
  queries: readonly string[],
  { columns }: Slice,
): Promise<string | undefined> {
  if (queries.length === 0) return undefined
  const differing = nextTable("differing")
  await connection.run(`
    CREATE TEMP TABLE ${differing} AS
    SELECT " trial", ${formatColumnList(columns)}, sum(" n")::INTEGER AS " n"
    FROM (${queries.join(" UNION ALL ")})
    GROUP BY ALL HAVING sum(" n") <> 0`)
  return differing
}

/** Splits the differences of an output into rows that are gone, by number, and rows that came in. */
export async function splitDifferences(
  propagation: Propagation,
  differing: string,
  slice: Slice,
): Promise<Difference | undefined> {
  const [row] = await propagation.connection.rows(`
    SELECT count(*) FILTER (" n" < 0)::DOUBLE AS removed, count(*) FILTER (" n" > 0)::DOUBLE AS added
    FROM ${differing}`)
  const hasRemoved = getNumberCell(row, "removed") > 0
  const hasAdded = getNumberCell(row, "added") > 0
  if (!hasRemoved && !hasAdded) return undefined
  return {
    removed: hasRemoved ? await createRemoved(propagation, differing, slice) : undefined,
    added: hasAdded ? await createAdded(propagation, differing, slice) : undefined,
  }
}

async function createAdded(
  { connection, nextTable }: Propagation,
  differing: string,
  { columns }: Slice,
): Promise<string> {
  const added = nextTable("added")
  await connection.run(`
    CREATE TEMP TABLE ${added} AS
    SELECT " trial", ${formatColumnList(columns)}
    FROM (SELECT *, unnest(range(" n")) FROM ${differing} WHERE " n" > 0)`)
  return added
}

async function createRemoved(
  { connection, nextTable }: Propagation,
  differing: string,
  { columns, table }: Slice,
): Promise<string> {
  const removed = nextTable("removed")
  const names = Object.keys(columns).map(quoteName)
  const isSame = names.map((name) => `s.${name} IS NOT DISTINCT FROM d.${name}`).join(" AND ")
  await connection.run(`
    CREATE TEMP TABLE ${removed} AS
    SELECT " trial", " rid" FROM (
      SELECT d." trial", s." rid", d." n",
        row_number() OVER (PARTITION BY d." trial", ${names.map((name) => `d.${name}`).join(", ")} ORDER BY s." rid") AS place
      FROM ${differing} AS d JOIN ${table} AS s ON ${isSame} WHERE d." n" < 0
    ) WHERE place <= -" n"`)
  return removed
}
