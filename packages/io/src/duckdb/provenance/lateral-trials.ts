import type { Columns } from "@freshet/core"
import { quoteName } from "@freshet/core/engine"

import type { Connection } from "../session.ts"
import { formatColumnList } from "../sql-text.ts"
import type { SeparateKeys } from "./separate-keys.ts"
import { formatRelations, renderOutput } from "./slice-query.ts"
import type { Slice } from "./slice.ts"
import {
  type OutputQuery,
  type Propagation,
  selectChanges,
  selectTrials,
  sumRows,
} from "./trial-differences.ts"

/** Computes the rows that trials have more or less often, from only the rows that are left out or come in. */
export async function computeRowWise(
  propagation: Propagation,
  query: OutputQuery,
  slice: Slice,
): Promise<string | undefined> {
  const { connection, nextTable } = propagation
  const results: string[] = []
  for (const kind of ["removed", "added"] as const) {
    const relations: TrialRelation[] = []
    for (const { relation, slices } of query.inputs) {
      const rows = slices.flatMap((input) => selectChanges(propagation, input, kind) ?? [])
      relations.push({ relation, columns: slices[0]?.columns, rows: rows.join(" UNION ALL ") })
    }
    const result = nextTable("result")
    const trials = relations.flatMap(({ rows }) => (rows === "" ? [] : [`(${rows})`]))
    if (trials.length === 0) continue
    await runInTrials(connection, query, slice, { relations, nextTable, result })
    results.push(`SELECT *, ${kind === "added" ? 1 : -1}::INTEGER AS " n" FROM ${result}`)
  }
  return sumRows(propagation, results, slice)
}

/**
 * Computes the rows that trials have more or less often. A trial needs only the rows with which the rows that it lacks
 * can meet: those with the same values in the separating columns. The query runs over them with and without the change.
 */
export async function computeTrials(
  propagation: Propagation,
  query: OutputQuery,
  slice: Slice,
): Promise<string | undefined> {
  const { connection, nextTable } = propagation
  const trials = nextTable("trials")
  const ids = query.inputs
    .flatMap(({ slices }) => slices)
    .flatMap(({ input }) => selectTrials(propagation.differences.get(input.id) ?? {}))
  await connection.run(`
    CREATE TEMP TABLE ${trials} AS
    SELECT 2 * " trial" + side AS " trial" FROM (SELECT DISTINCT " trial" FROM (${ids.join(" UNION ALL ")})), (VALUES (0), (1)) AS sides(side)`)
  const keys = query.sliced.separateKeys.get(slice.input.id)
  const related = keys && (await createRelatedKeys(propagation, query, keys))
  const relations: TrialRelation[] = []
  for (const { relation, slices } of query.inputs) {
    const rows = slices.map((input) => {
      const uses = keys?.uses.get(relation)
      const candidates =
        related === undefined || uses === undefined
          ? `SELECT " trial", s.* FROM ${trials} CROSS JOIN ${input.table} AS s`
          : selectRelatedRows(input, uses, related)
      return selectTrialRows(propagation, input, candidates)
    })
    relations.push({ relation, columns: slices[0]?.columns, rows: rows.join(" UNION ALL ") })
  }
  const result = nextTable("result")
  await runInTrials(connection, query, slice, { relations, nextTable, result, trials })
  const list = formatColumnList(slice.columns)
  return sumRows(
    propagation,
    [
      `SELECT (" trial" // 2)::INTEGER AS " trial", ${list},
        CASE " trial" % 2 WHEN 1 THEN 1 ELSE -1 END::INTEGER AS " n" FROM ${result}`,
    ],
    slice,
  )
}

/** Creates the table of (trial, values) with the tuples of the separating columns that each trial changes. */
async function createRelatedKeys(
  { connection, differences, nextTable }: Propagation,
  { inputs }: OutputQuery,
  { uses }: SeparateKeys,
): Promise<string> {
  const table = nextTable("related")
  const queries = inputs.flatMap(({ relation, slices }) =>
    slices.flatMap((input) =>
      (["removed", "added"] as const).flatMap((kind) => {
        const changes = selectChanges({ differences }, input, kind)
        if (changes === undefined) return []
        return (uses.get(relation) ?? []).map((columns) => {
          const values = columns.map((column, at) => `${quoteName(column)} AS k${at}`)
          return `SELECT " trial", ${values.join(", ")} FROM (${changes})`
        })
      }),
    ),
  )
  await connection.run(
    `CREATE TEMP TABLE ${table} AS SELECT DISTINCT * FROM (${queries.join(" UNION ALL ")})`,
  )
  return table
}

/** Selects the rows that agree with a trial in the separating columns, with and without the change. */
function selectRelatedRows(
  { table }: Slice,
  uses: readonly (readonly string[])[],
  related: string,
): string {
  const joins = uses.map((columns) => {
    const isSame = columns.map((column, at) => `s.${quoteName(column)} IS NOT DISTINCT FROM k${at}`)
    return `FROM ${related} JOIN ${table} AS s ON ${isSame.join(" AND ")}`
  })
  const pairs = joins.map((join) => `SELECT " trial", " rid" ${join}`).join(" UNION ")
  const rows = joins.length === 1 ? joins[0] : `FROM (${pairs}) JOIN ${table} AS s USING (" rid")`
  return `
    SELECT 2 * " trial" + side AS " trial", rows.* EXCLUDE (" trial")
    FROM (SELECT " trial", s.* ${rows}) AS rows, (VALUES (0), (1)) AS sides(side)`
}

/** Selects the rows of an input in each trial: even trials have all rows, odd ones lack the removed rows. */
function selectTrialRows(
  { differences }: Propagation,
  { input, columns }: Slice,
  candidates: string,
): string {
  const list = formatColumnList(columns)
  const { removed, added } = differences.get(input.id) ?? {}
  const remaining =
    removed === undefined
      ? ""
      : `ANTI JOIN (SELECT 2 * " trial" + 1 AS " trial", " rid" FROM ${removed}) AS gone USING (" trial", " rid")`
  const further =
    added === undefined
      ? ""
      : `UNION ALL SELECT 2 * " trial" + 1 AS " trial", ${list} FROM ${added}`
  return `SELECT " trial", ${list} FROM (${candidates}) AS candidates ${remaining} ${further}`
}

/** A relation of a query with the rows of every trial. */
interface TrialRelation {
  readonly relation: string
  readonly columns: Columns | undefined
  readonly rows: string
}

/** Runs an output's query in every trial, and stores its wanted rows. */
async function runInTrials(
  connection: Connection,
  { sliced: { node }, asset }: OutputQuery,
  slice: Slice,
  run: {
    readonly relations: readonly TrialRelation[]
    readonly nextTable: (kind: string) => string
    readonly result: string
    readonly trials?: string
  },
): Promise<void> {
  const { relations, nextTable, result } = run
  const definitions: string[] = []
  const tables: string[] = []
  for (const { relation, columns, rows } of relations) {
    const list = columns === undefined ? "" : formatColumnList(columns)
    if (rows === "") continue
    const table = nextTable("relation")
    await connection.run(`CREATE TEMP TABLE ${table} AS ${rows}`)
    tables.push(table)
    definitions.push(
      `${quoteName(relation)} AS (SELECT ${list} FROM ${table} WHERE " trial" = w." trial")`,
    )
  }
  const trials =
    run.trials ??
    `(SELECT DISTINCT " trial" FROM (${tables.map((table) => `SELECT " trial" FROM ${table}`).join(" UNION ALL ")}))`
  const clause = formatRelations(node, definitions)
  const list = formatColumnList(slice.columns)
  await connection.run(`
    CREATE TEMP TABLE ${result} AS
    SELECT w." trial", rows.* FROM ${trials} AS w, LATERAL (
      ${clause} SELECT ${list} FROM (${renderOutput(node, asset)}\n)
    ) AS rows WHERE ${slice.condition}`)
}
