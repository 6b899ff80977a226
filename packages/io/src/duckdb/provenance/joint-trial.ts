import { groupBy, quoteName } from "@freshet/core/engine"

import { getNumberCell } from "../cell.ts"
import type { Connection } from "../session.ts"
import { formatColumnList, quoteText } from "../sql-text.ts"
import { maxRounds } from "./growing-slices.ts"
import { buildSliceQuery } from "./slice-query.ts"
import type { Slice, Slices } from "./slice.ts"
import type { Trace, TracedLine } from "./trace-request.ts"
import type { Round } from "./trace-round.ts"

/** Leaves lines out together. Returns the effect on the traced rows. */
export type JointTrial = (lines: readonly TracedLine[]) => Promise<Trace["outcome"]>

/**
 * Creates trials that compute the traced rows without several lines. The slices grow until they have all rows that come
 * in. `isReproduced`: the queries over all lines give the recorded rows.
 */
export function createJointTrial(
  connection: Connection,
  round: Round,
  { target, isReproduced }: { readonly target: Slice; readonly isReproduced: boolean },
): JointTrial {
  let { slices } = round
  let tables = 0
  const nextTable = () => quoteName(` joint ${(tables += 1)}`)
  const compute = (lines: readonly TracedLine[]) => {
    const remaining = selectRemaining(lines, slices)
    return computeRows(connection, slices, { remaining, nextTable, computesAll: !isReproduced })
  }
  return async (lines) => {
    if (lines.length === 0) return "unchanged"
    let rows = await compute(lines)
    for (let count = 1; count < maxRounds; count += 1) {
      if (!(await round.growing.addValues(slices, (input) => rows.get(input)))) break
      slices = await round.growing.slice()
      rows = await compute(lines)
    }
    const all = isReproduced ? undefined : (await compute([])).get(target.input.id)
    const without = rows.get(target.input.id)
    return compareRows(connection, target, {
      without: without ?? selectAll(target),
      all: all ?? selectAll(target),
    })
  }
}

async function compareRows(
  connection: Connection,
  { columns, rows }: Slice,
  { without, all }: { readonly without: string; readonly all: string },
): Promise<Trace["outcome"]> {
  const list = formatColumnList(columns)
  const [row] = await connection.rows(`
    SELECT
      (SELECT count(*)::DOUBLE FROM (${all} EXCEPT ALL SELECT ${list} FROM (${without}))) AS removed,
      (SELECT count(*)::DOUBLE FROM (${without} EXCEPT ALL SELECT ${list} FROM (${all}))) AS added`)
  const removed = getNumberCell(row, "removed")
  if (getNumberCell(row, "added") > 0) return "changed"
  if (removed === 0) return "unchanged"
  return removed === rows ? "removed" : "changed"
}

function selectAll({ columns, table }: Slice): string {
  return `SELECT ${formatColumnList(columns)} FROM ${table}`
}

/** Selects the rows that remain of the landed files that have the lines. */
function selectRemaining(
  lines: readonly TracedLine[],
  { byInput }: Slices,
): ReadonlyMap<string, string> {
  const remaining = new Map<string, string>()
  for (const [input, inputLines] of groupBy(lines, (line) => line.input)) {
    const slice = byInput.get(input)
    if (slice === undefined) continue
    const places = inputLines.map(({ file, ordinal }) => `(${quoteText(file)}, ${ordinal})`)
    remaining.set(
      input,
      `${selectAll(slice)} WHERE (" file", " ordinal") NOT IN (VALUES ${places.join(", ")})`,
    )
  }
  return remaining
}

/** Computes the outputs that can differ, or all, from the landed files to the traced row. Returns the query of each of them. */
async function computeRows(
  connection: Connection,
  slices: Slices,
  {
    remaining,
    nextTable,
    computesAll,
  }: {
    readonly remaining: ReadonlyMap<string, string>
    readonly nextTable: () => string
    readonly computesAll: boolean
  },
): Promise<ReadonlyMap<string, string>> {
  const queries = new Map(remaining)
  const selectRows = (slice: Slice) => queries.get(slice.input.id) ?? selectAll(slice)
  for (const { node } of slices.nodes.toReversed()) {
    const canDiffer = [...node.reads.values()].flat().some((input) => queries.has(input))
    if (!canDiffer && !computesAll) continue
    for (const { asset, input } of node.outputs) {
      const slice = slices.byInput.get(input)
      if (slice === undefined) continue
      const table = nextTable()
      const query = buildSliceQuery(slices, node, { asset: asset.name, slice }, selectRows)
      await connection.run(`CREATE TEMP TABLE ${table} AS ${query}`)
      queries.set(input, `SELECT ${formatColumnList(slice.columns)} FROM ${table}`)
    }
  }
  return queries
}
