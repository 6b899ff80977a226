import { quoteName } from "@freshet/core/engine"

import type { Connection } from "../session.ts"
import { formatColumnList } from "../sql-text.ts"
import type { Slice, SlicedNode, Slices } from "./slices.ts"

/** The differences of the trials in one input. */
export interface Difference {
  /** Table of (trial, rid): the rows that a trial lacks. */
  readonly removed: string
  /** Table of (trial, columns): the rows that only a trial has. */
  readonly added: string
}

/** Input → its differences. */
export type Differences = ReadonlyMap<string, Difference>

/** The trials that are computed, input by input. */
export interface Propagation {
  readonly connection: Connection
  readonly slices: Slices
  readonly differences: Map<string, Difference>
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

/** An output's query with the differences of its inputs. */
export interface ChangedQuery extends OutputQuery {
  readonly changes: readonly Difference[]
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
  if (kind === "added") return `SELECT " trial", ${list} FROM ${difference.added}`
  return `SELECT " trial", ${list} FROM ${difference.removed} JOIN ${table} USING (" rid")`
}

/** Sums signed rows per trial. Returns the table of those that do not cancel out. */
export async function sumRows(
  { connection, nextTable }: Propagation,
  queries: readonly string[],
  { columns, table }: Slice,
): Promise<string> {
  const differing = nextTable("differing")
  const list = formatColumnList(columns)
  const rows =
    queries.length === 0
      ? `SELECT 0::INTEGER AS " trial", ${list}, 0::INTEGER AS " n" FROM ${table} LIMIT 0`
      : queries.join(" UNION ALL ")
  await connection.run(`
    CREATE TEMP TABLE ${differing} AS
    SELECT " trial", ${list}, sum(" n")::INTEGER AS " n" FROM (${rows})
    GROUP BY ALL HAVING sum(" n") <> 0`)
  return differing
}
/** Splits the differences of an output into rows that are gone, by number, and rows that came in. */
export async function splitDifferences(
  { connection, nextTable }: Propagation,
  differing: string,
  { columns, table }: Slice,
): Promise<Difference> {
  const [removed, added] = [nextTable("removed"), nextTable("added")]
  const names = Object.keys(columns).map(quoteName)
  const isSame = names.map((name) => `s.${name} IS NOT DISTINCT FROM d.${name}`).join(" AND ")
  await connection.run(`
    CREATE TEMP TABLE ${added} AS
    SELECT " trial", ${names.join(", ")} FROM (SELECT *, unnest(range(" n")) FROM ${differing} WHERE " n" > 0);
    CREATE TEMP TABLE ${removed} AS
    SELECT " trial", " rid" FROM (
      SELECT d." trial", s." rid", d." n",
        row_number() OVER (PARTITION BY d." trial", ${names.map((name) => `d.${name}`).join(", ")} ORDER BY s." rid") AS place
      FROM ${differing} AS d JOIN ${table} AS s ON ${isSame} WHERE d." n" < 0
    ) WHERE place <= -" n"`)
  return { removed, added }
}
