import { quoteName } from "@freshet/core/engine"

import { getListCell, getNumberCell } from "../cell.ts"
import { formatColumnList, quoteText } from "../sql-text.ts"
import type { SeparateKeys } from "./separate-keys.ts"
import { formatRelations, renderOutput } from "./slice-query.ts"
import type { Slice } from "./slice.ts"
import { type OutputQuery, type Propagation, selectChanges, sumRows } from "./trial-differences.ts"

/**
 * Computes the rows that trials have more or less often, one query per class of trials: trials that change different
 * values of the columns on which rows depend separately share one query.
 */
export async function computeClasses(
  propagation: Propagation,
  query: OutputQuery,
  slice: Slice,
): Promise<string | undefined> {
  const { connection, nextTable } = propagation
  const visible = selectVisible(query.sliced.separateKeys.get(slice.input.id), slice)
  const touched = await readTouchedKeys(propagation, query, visible)
  if (touched.length === 0) return sumRows(propagation, [], slice)
  const keys = nextTable("keys")
  const keyColumns = visible.columns
  const keyList = [`" trial"`, `" class"`, ...keyColumns.map(quoteName)].join(", ")
  await connection.run(`CREATE TEMP TABLE ${keys} AS ${buildKeysQuery(touched, keyColumns, slice)}`)
  const results: string[] = []
  const list = formatColumnList(slice.columns)
  const count = Math.max(0, ...touched.map((trial) => trial.class + 1))
  const using = keyColumns.length === 0 ? "" : `USING (${keyColumns.map(quoteName).join(", ")})`
  for (let at = 0; at < count; at += 1) {
    const rows = buildClassQuery(
      propagation,
      query,
      slice,
      `(SELECT DISTINCT " trial" FROM ${keys} WHERE " class" = ${at})`,
    )
    const members = `(SELECT DISTINCT ${keyList} FROM ${keys} WHERE " class" = ${at}) AS members`
    const result = nextTable("result")
    const join = using === "" ? `CROSS JOIN ${members}` : `JOIN ${members} ${using}`
    await connection.run(`
      CREATE TEMP TABLE ${result} AS
      SELECT " trial", ${list}, " n" FROM (
        SELECT ${list}, sum(" n")::INTEGER AS " n" FROM (
          SELECT ${list}, 1 AS " n" FROM (${rows}) WHERE ${slice.condition}
          UNION ALL SELECT ${list}, -1 AS " n" FROM ${slice.table}
        ) GROUP BY ALL HAVING sum(" n") <> 0
      ) AS differing ${join}`)
    results.push(`FROM ${result}`)
  }
  return sumRows(propagation, results, slice)
}

/** A trial with its class and the values of the separating columns that it changes, as a JSON text each. */
interface ClassedTrial {
  readonly trial: number
  readonly class: number
  readonly keys: readonly string[]
}

/** The columns of a result on which its rows depend separately, and the corresponding columns of relations. */
interface VisibleKeys {
  readonly columns: readonly string[]
  readonly uses: ReadonlyMap<string, readonly (readonly string[])[]>
}

const textKinds = ["int32", "int64", "text", "date", "boolean"]

/** Selects the separating columns that are in the result and have an exact text. */
function selectVisible(keys: SeparateKeys | undefined, { columns }: Slice): VisibleKeys {
  const names = Object.keys(columns)
  const places = (keys?.positions ?? []).flatMap((position, place) => {
    const name = names[position ?? -1]
    const kind = name === undefined ? undefined : columns[name]?.kind
    return kind !== undefined && textKinds.includes(kind) ? [{ place, name: name ?? "" }] : []
  })
  const uses = [...(keys?.uses ?? [])].map(([relation, list]) => {
    const selected = list.map((use) => places.map(({ place }) => use[place] ?? ""))
    return [relation, selected] as const
  })
  return { columns: places.map(({ name }) => name), uses: new Map(uses) }
}

async function readTouchedKeys(
  { connection, differences }: Propagation,
  { inputs }: OutputQuery,
  visible: VisibleKeys,
): Promise<readonly ClassedTrial[]> {
  const queries = inputs.flatMap(({ relation, slices }) => {
    const uses = visible.uses.get(relation) ?? [[]]
    return slices.flatMap((input) =>
      (["removed", "added"] as const).flatMap((kind) => {
        const changes = selectChanges({ differences }, input, kind)
        if (changes === undefined) return []
        return uses.map((columns) => {
          const fields = columns.map((column, at) => `'c${at}', ${quoteName(column)}`)
          const key = fields.length === 0 ? "'{}'" : `json_object(${fields.join(", ")})::VARCHAR`
          return `SELECT " trial"::INTEGER AS trial, ${key} AS key FROM (${changes})`
        })
      }),
    )
  })
  const rows = await connection.rows(
    `SELECT trial, list(DISTINCT key) AS keys FROM (${queries.join(" UNION ALL ")}) GROUP BY trial ORDER BY trial`,
  )
  return assignClasses(
    rows.map((row) => ({
      trial: getNumberCell(row, "trial"),
      keys: getListCell(row, "keys").map(String),
    })),
  )
}

/** Assigns each trial the first class in which no other trial changes one of its keys. */
export function assignClasses(
  trials: readonly { readonly trial: number; readonly keys: readonly string[] }[],
): readonly ClassedTrial[] {
  const classesByKey = new Map<string, Set<number>>()
  return trials.map(({ trial, keys }) => {
    let number = 0
    while (keys.some((key) => classesByKey.get(key)?.has(number) === true)) number += 1
    for (const key of keys) {
      const classes = classesByKey.get(key) ?? new Set()
      classesByKey.set(key, classes.add(number))
    }
    return { trial, class: number, keys }
  })
}

function buildKeysQuery(
  trials: readonly ClassedTrial[],
  columns: readonly string[],
  { columns: types }: Slice,
): string {
  const rows = trials.flatMap(({ trial, class: number, keys }) =>
    keys.map((key) => `(${trial}, ${number}, ${quoteText(key)})`),
  )
  const fields = columns.map(
    (column, at) =>
      `json_extract_string(key, '$.c${at}')::${types[column]?.type ?? "VARCHAR"} AS ${quoteName(column)}`,
  )
  const list = [`trial::INTEGER AS " trial"`, `class::INTEGER AS " class"`, ...fields].join(", ")
  return `SELECT ${list} FROM (VALUES ${rows.join(", ")}) AS t(trial, class, key)`
}

/** Builds the query of an output over the relations that lack the rows of all trials of a class. */
function buildClassQuery(
  { differences }: Propagation,
  { sliced: { node }, asset, inputs }: OutputQuery,
  { columns }: Slice,
  trials: string,
): string {
  const relations = inputs.flatMap(({ relation, slices }) => {
    const rows = slices.map((input) => {
      const list = formatColumnList(input.columns)
      const { removed, added } = differences.get(input.input.id) ?? {}
      const remaining =
        removed === undefined
          ? ""
          : `WHERE " rid" NOT IN (SELECT " rid" FROM ${removed} WHERE " trial" IN ${trials})`
      const further =
        added === undefined
          ? ""
          : `UNION ALL SELECT ${list} FROM ${added} WHERE " trial" IN ${trials}`
      return `SELECT ${list} FROM ${input.table} ${remaining} ${further}`
    })
    return rows.length === 0 ? [] : [`${quoteName(relation)} AS (${rows.join(" UNION ALL ")})`]
  })
  const clause = formatRelations(node, relations)
  return `${clause} SELECT ${formatColumnList(columns)} FROM (${renderOutput(node, asset)}\n)`
}
