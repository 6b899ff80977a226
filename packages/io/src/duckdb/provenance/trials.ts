import { quoteName } from "@freshet/core/engine"

import { getNumberCell } from "../cell.ts"
import type { Connection } from "../session.ts"
import { formatColumnList } from "../sql-text.ts"
import { computeRowWise, computeTrials } from "./lateral-trials.ts"
import type { Slice, SlicedNode, Slices } from "./slice.ts"
import { computeClasses } from "./trial-classes.ts"
import {
  type Difference,
  type DifferenceCache,
  type Differences,
  type OutputQuery,
  type Propagation,
  selectChanges,
  splitDifferences,
} from "./trial-differences.ts"

// A trial is a recomputation with some rows left out. Trials are computed together: one query of an output runs in a
// lateral join with them, over relations that lack the rows of the trial.

/** The trials of one propagation, and the rows that are left out at first. */
export interface TrialSeeds {
  /** Returns a query of (trial, rid) for the rows of an input that are left out; undefined for none. */
  readonly select: (slice: Slice) => string | undefined
}

/** Computes the differences of all trials in all inputs, from the landed files to the traced row. */
export async function propagateTrials(
  connection: Connection,
  slices: Slices,
  { select }: TrialSeeds,
  { cache, pass }: { readonly cache: DifferenceCache; readonly pass: number },
): Promise<Differences> {
  let tables = 0
  const nextTable = (kind: string) => quoteName(` ${kind} ${pass} ${(tables += 1)}`)
  const propagation = { connection, slices, differences: new Map(), cache, nextTable }
  const outputs = new Set(
    slices.nodes.flatMap(({ node }) => node.outputs.map(({ input }) => input)),
  )
  for (const slice of slices.byInput.values())
    if (!outputs.has(slice.input.id)) await addDifference(propagation, slice, select(slice))
  for (const sliced of slices.nodes.toReversed())
    for (const { asset, input } of sliced.node.outputs) {
      const slice = slices.byInput.get(input)
      if (slice === undefined) continue
      const query = buildOutputQuery(propagation, sliced, asset.name)
      await addDifference(propagation, slice, select(slice), query)
    }
  return propagation.differences
}

function buildOutputQuery({ slices }: Propagation, sliced: SlicedNode, asset: string): OutputQuery {
  const inputs = [...sliced.node.reads].map(([relation, ids]) => ({
    relation,
    slices: ids.flatMap((id) => slices.byInput.get(id) ?? []),
  }))
  return { sliced, asset, inputs }
}

/**
 * Adds the differences of an input: those that its query computes, if it has one, and rows that are left out. Passes over
 * the same slices share them.
 */
async function addDifference(
  propagation: Propagation,
  slice: Slice,
  rows: string | undefined,
  query?: OutputQuery,
): Promise<void> {
  const { cache, differences } = propagation
  const key = formatCacheKey(propagation, slice, rows, query)
  if (!cache.has(key)) {
    const computed = query && (await propagateOutput(propagation, query, slice))
    cache.set(key, await leaveOut(propagation, rows, computed))
  }
  const difference = cache.get(key)
  if (difference !== undefined) differences.set(slice.input.id, difference)
}

/** Formats everything that the differences of an input depend on. */
function formatCacheKey(
  { differences }: Propagation,
  { table }: Slice,
  rows: string | undefined,
  query?: OutputQuery,
): string {
  const inputs = query?.inputs.map(({ relation, slices }) => [
    relation,
    ...slices.map((slice) => [slice.table, differences.get(slice.input.id)]),
  ])
  return JSON.stringify([table, rows, query?.sliced.node.id, query?.asset, inputs])
}

/** Adds rows that are left out to computed differences, except rows that alone are gone in another trial. */
async function leaveOut(
  { connection, nextTable }: Propagation,
  rows: string | undefined,
  computed: Difference | undefined,
): Promise<Difference | undefined> {
  if (rows === undefined) return computed
  const { removed, added } = computed ?? {}
  if (removed === undefined) {
    const table = nextTable("removed")
    await connection.run(`CREATE TEMP TABLE ${table} AS ${rows}`)
    return { removed: table, added }
  }
  const isUnmixed = added === undefined ? "true" : `" trial" NOT IN (SELECT " trial" FROM ${added})`
  const single = `SELECT any_value(" rid") FROM ${removed} GROUP BY " trial" HAVING count(*) = 1 AND ${isUnmixed}`
  await connection.run(
    `INSERT INTO ${removed} SELECT * FROM (${rows}) WHERE " rid" NOT IN (${single})`,
  )
  return computed
}

async function propagateOutput(
  propagation: Propagation,
  query: OutputQuery,
  slice: Slice,
): Promise<Difference | undefined> {
  const isChanged = ({ input }: Slice) => propagation.differences.has(input.id)
  if (!query.inputs.some(({ slices }) => slices.some(isChanged))) return undefined
  const differing = query.sliced.isRowWise
    ? await computeRowWise(propagation, query, slice)
    : await computeDistinct(propagation, query, slice)
  return differing === undefined ? undefined : await splitDifferences(propagation, differing, slice)
}

/** Computes one of the trials whose inputs differ in the same way, and gives its result to all of them. */
async function computeDistinct(
  propagation: Propagation,
  query: OutputQuery,
  slice: Slice,
): Promise<string | undefined> {
  const { connection, nextTable, differences } = propagation
  const compute = query.sliced.isLateral ? computeTrials : computeClasses
  const changed = query.inputs
    .flatMap(({ slices }) => slices)
    .filter(({ input }) => differences.has(input.id))
  const members = await createMembers(propagation, changed)
  if (members === undefined) return compute(propagation, query, slice)
  const firstDifferences = new Map<string, Difference>()
  for (const { input } of changed) {
    const { removed, added } = differences.get(input.id) ?? {}
    firstDifferences.set(input.id, {
      removed: removed && (await copyFirst(propagation, removed, members)),
      added: added && (await copyFirst(propagation, added, members)),
    })
  }
  const distinct = { ...propagation, differences: firstDifferences }
  const differing = await compute(distinct, query, slice)
  if (differing === undefined) return undefined
  const expanded = nextTable("differing")
  await connection.run(`
    CREATE TEMP TABLE ${expanded} AS
    SELECT m." trial", d.* EXCLUDE (" trial") FROM ${differing} AS d JOIN ${members} AS m ON m.first = d." trial"`)
  return expanded
}

/** Creates the table of (trial, first trial whose inputs differ in the same way); undefined if all trials are different. */
async function createMembers(
  propagation: Propagation,
  changed: readonly Slice[],
): Promise<string | undefined> {
  const signs = changed.flatMap((input, at) =>
    (["removed", "added"] as const).flatMap((kind) => {
      const rows = selectChanges(propagation, input, kind)
      if (rows === undefined) return []
      const sign = `hash(${at}, ${formatColumnList(input.columns)}, '${kind}')`
      return [`SELECT " trial", ${sign} AS sign FROM (${rows})`]
    }),
  )
  const members = propagation.nextTable("members")
  const [row] = await propagation.connection.rows(`
    CREATE TEMP TABLE ${members} AS
    SELECT " trial", min(" trial") OVER (PARTITION BY signs) AS first
    FROM (SELECT " trial", list_sort(list(sign)) AS signs FROM (${signs.join(" UNION ALL ")}) GROUP BY " trial");
    SELECT count(*)::DOUBLE AS repeated FROM ${members} WHERE " trial" <> first`)
  return getNumberCell(row, "repeated") === 0 ? undefined : members
}

async function copyFirst(
  { connection, nextTable }: Propagation,
  table: string,
  members: string,
): Promise<string> {
  const first = nextTable("first")
  await connection.run(
    `CREATE TEMP TABLE ${first} AS FROM ${table} WHERE " trial" IN (SELECT first FROM ${members})`,
  )
  return first
}
