import { quoteName } from "@freshet/core/engine"

import type { Connection } from "../session.ts"
import { formatColumnList } from "../sql-text.ts"
import { computeRowWise, computeTrials } from "./lateral-trials.ts"
import type { Slice, SlicedNode, Slices } from "./slices.ts"
import { computeClasses } from "./trial-classes.ts"
import {
  type Difference,
  type Differences,
  type OutputQuery,
  type Propagation,
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
  pass: number,
): Promise<Differences> {
  let tables = 0
  const nextTable = (kind: string) => quoteName(` ${kind} ${pass} ${(tables += 1)}`)
  const propagation = { connection, slices, differences: new Map(), nextTable }
  const outputs = new Set(
    slices.nodes.flatMap(({ node }) => node.outputs.map(({ input }) => input)),
  )
  for (const slice of slices.byInput.values())
    if (!outputs.has(slice.input.id)) await seed(propagation, slice, select(slice))
  for (const node of slices.nodes.toReversed()) {
    for (const { asset, input } of node.node.outputs) {
      const slice = slices.byInput.get(input)
      if (slice === undefined) continue
      await propagateOutput(propagation, node, asset.name, slice)
    }
    for (const { input } of node.node.outputs) {
      const slice = slices.byInput.get(input)
      if (slice !== undefined) await seed(propagation, slice, select(slice))
    }
  }
  return propagation.differences
}

/** Adds rows that are left out to the differences of an input, except rows that alone are gone in another trial. */
async function seed(
  { connection, differences, nextTable }: Propagation,
  slice: Slice,
  rows: string | undefined,
): Promise<void> {
  if (rows === undefined) return
  const difference = differences.get(slice.input.id)
  if (difference !== undefined) {
    const { removed, added } = difference
    const single = `SELECT any_value(" rid") FROM ${removed} GROUP BY " trial" HAVING count(*) = 1 AND " trial" NOT IN (SELECT " trial" FROM ${added})`
    await connection.run(
      `INSERT INTO ${removed} SELECT * FROM (${rows}) WHERE " rid" NOT IN (${single})`,
    )
    return
  }
  const [removed, added] = [nextTable("removed"), nextTable("added")]
  const columns = formatColumnList(slice.columns)
  await connection.run(`
    CREATE TEMP TABLE ${removed} AS ${rows};
    CREATE TEMP TABLE ${added} AS SELECT 0::INTEGER AS " trial", ${columns} FROM ${slice.table} LIMIT 0`)
  differences.set(slice.input.id, { removed, added })
}

async function propagateOutput(
  propagation: Propagation,
  sliced: SlicedNode,
  asset: string,
  slice: Slice,
): Promise<void> {
  const inputs = [...sliced.node.reads].map(([relation, ids]) => ({
    relation,
    slices: ids.flatMap((id) => propagation.slices.byInput.get(id) ?? []),
  }))
  const changes = inputs
    .flatMap(({ slices }) => slices)
    .flatMap(({ input }) => propagation.differences.get(input.id) ?? [])
  if (changes.length === 0) return
  const query = { sliced, asset, inputs }
  const differing = sliced.isRowWise
    ? await computeRowWise(propagation, { ...query, changes }, slice)
    : await computeDistinct(propagation, query, slice)
  const difference = await splitDifferences(propagation, differing, slice)
  propagation.differences.set(slice.input.id, difference)
}

/** Computes one of the trials whose inputs differ in the same way, and gives its result to all of them. */
async function computeDistinct(
  propagation: Propagation,
  query: OutputQuery,
  slice: Slice,
): Promise<string> {
  const { connection, nextTable, differences } = propagation
  const changed = query.inputs
    .flatMap(({ slices }) => slices)
    .filter(({ input }) => differences.has(input.id))
  const signs = changed.flatMap(({ input, columns }, at) => {
    const { removed, added } = differences.get(input.id) ?? { removed: "", added: "" }
    return [
      `SELECT " trial", hash(${at}, " rid") AS sign FROM ${removed}`,
      `SELECT " trial", hash(${at}, ${formatColumnList(columns)}, 'added') AS sign FROM ${added}`,
    ]
  })
  const members = nextTable("members")
  await connection.run(`
    CREATE TEMP TABLE ${members} AS
    SELECT " trial", min(" trial") OVER (PARTITION BY signs) AS first
    FROM (SELECT " trial", list_sort(list(sign)) AS signs FROM (${signs.join(" UNION ALL ")}) GROUP BY " trial")`)
  const firstDifferences = new Map<string, Difference>()
  for (const { input } of changed) {
    const { removed, added } = differences.get(input.id) ?? { removed: "", added: "" }
    const first = { removed: nextTable("removed"), added: nextTable("added") }
    const condition = `WHERE " trial" IN (SELECT first FROM ${members})`
    await connection.run(`
      CREATE TEMP TABLE ${first.removed} AS FROM ${removed} ${condition};
      CREATE TEMP TABLE ${first.added} AS FROM ${added} ${condition}`)
    firstDifferences.set(input.id, first)
  }
  const changes = [...firstDifferences.values()]
  const compute = query.sliced.isLateral ? computeTrials : computeClasses
  const distinct = { ...propagation, differences: firstDifferences }
  const differing = await compute(distinct, { ...query, changes }, slice)
  const expanded = nextTable("differing")
  await connection.run(`
    CREATE TEMP TABLE ${expanded} AS
    SELECT m." trial", d.* EXCLUDE (" trial") FROM ${differing} AS d JOIN ${members} AS m ON m.first = d." trial"`)
  return expanded
}
