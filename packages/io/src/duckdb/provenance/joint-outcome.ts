import { quoteName } from "@freshet/core/engine"

import { getNumberCell } from "../cell.ts"
import type { Connection } from "../session.ts"
import { formatColumnList } from "../sql-text.ts"
import { buildSliceQuery } from "./slice-query.ts"
import type { Slice, Slices } from "./slice.ts"
import type { Trace } from "./trace-request.ts"
import type { Round } from "./trace-round.ts"

/** The lines that are left out together. */
export interface JointTrial {
  readonly trials: ReadonlySet<number>
  /** True if the queries over all lines give the recorded rows. */
  readonly isReproduced: boolean
  /** Number of the computation, which names its tables. */
  readonly pass: number
}

/** Computes the traced rows without lines, and compares them with the same rows with all lines. */
export async function computeJointOutcome(
  connection: Connection,
  { slices, seeds }: Round,
  target: Slice,
  { trials, isReproduced, pass }: JointTrial,
): Promise<Trace["outcome"]> {
  const remaining = new Map(
    seeds.flatMap(({ slice, offset }) => {
      if (slice.input.kind !== "landed") return []
      const numbers = Array.from({ length: slice.rows }, (_, at) => at + 1)
      const rids = numbers.filter((rid) => trials.has(offset + rid))
      if (rids.length === 0) return []
      return [[slice.input.id, `${selectAll(slice)} WHERE " rid" NOT IN (${rids.join(", ")})`]]
    }),
  )
  const list = formatColumnList(target.columns)
  const rows = await computeRows(connection, slices, target, { remaining, name: `without ${pass}` })
  const all = isReproduced
    ? selectAll(target)
    : await computeRows(connection, slices, target, { remaining: new Map(), name: `with ${pass}` })
  const [row] = await connection.rows(`
    SELECT
      (SELECT count(*)::DOUBLE FROM (${all} EXCEPT ALL SELECT ${list} FROM (${rows}))) AS removed,
      (SELECT count(*)::DOUBLE FROM (${rows} EXCEPT ALL SELECT ${list} FROM (${all}))) AS added`)
  const removed = getNumberCell(row, "removed")
  if (getNumberCell(row, "added") > 0) return "changed"
  if (removed === 0) return "unchanged"
  return removed === target.rows ? "removed" : "changed"
}

function selectAll({ columns, table }: Slice): string {
  return `SELECT ${formatColumnList(columns)} FROM ${table}`
}

/** Computes the outputs from the landed files to the traced row. Returns the query of the traced rows. */
async function computeRows(
  connection: Connection,
  slices: Slices,
  target: Slice,
  { remaining, name }: { readonly remaining: ReadonlyMap<string, string>; readonly name: string },
): Promise<string> {
  const queries = new Map(remaining)
  const selectRows = (slice: Slice) => queries.get(slice.input.id) ?? selectAll(slice)
  for (const { node } of slices.nodes.toReversed())
    for (const { asset, input } of node.outputs) {
      const slice = slices.byInput.get(input)
      if (slice === undefined) continue
      const query = buildSliceQuery(slices, node, { asset: asset.name, slice }, selectRows)
      const table = quoteName(` ${name} ${queries.size}`)
      await connection.run(`CREATE TEMP TABLE ${table} AS ${query}`)
      queries.set(input, `SELECT ${formatColumnList(slice.columns)} FROM ${table}`)
    }
  return selectRows(target)
}
