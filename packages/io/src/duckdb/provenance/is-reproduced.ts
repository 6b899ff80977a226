import { quoteName } from "@freshet/core/engine"

import { getNumberCell } from "../cell.ts"
import type { Connection } from "../session.ts"
import { formatColumnList } from "../sql-text.ts"
import { formatRelations, renderOutput, type SlicedNode, type Slices } from "./slices.ts"

/** Tests if the queries of a node give the rows of the slices, when they run over the slices of its inputs. */
export async function isReproduced(
  connection: Connection,
  slices: Slices,
  { node }: SlicedNode,
): Promise<boolean> {
  for (const { asset, input } of node.outputs) {
    const slice = slices.byInput.get(input)
    if (slice === undefined) continue
    const relations = [...node.reads].map(([relation, ids]) => {
      const inputs = ids.flatMap((id) => slices.byInput.get(id) ?? [])
      const rows = inputs.map(
        ({ table, columns }) => `SELECT ${formatColumnList(columns)} FROM ${table}`,
      )
      return rows.length === 0 ? [] : [`${quoteName(relation)} AS (${rows.join(" UNION ALL ")})`]
    })
    const clause = formatRelations(node, relations.flat())
    const list = formatColumnList(slice.columns)
    const rows = `SELECT ${list} FROM (${clause} SELECT ${list} FROM (${renderOutput(node, asset.name)}\n)) WHERE ${slice.condition}`
    const [row] = await connection.rows(`
      WITH computed AS MATERIALIZED (${rows}), stored AS (SELECT ${list} FROM ${slice.table})
      SELECT count(*)::DOUBLE AS rows FROM (
        (FROM computed EXCEPT ALL FROM stored) UNION ALL (FROM stored EXCEPT ALL FROM computed))`)
    if (getNumberCell(row, "rows") !== 0) return false
  }
  return true
}
