import { getNumberCell } from "../cell.ts"
import type { Connection } from "../session.ts"
import { formatColumnList } from "../sql-text.ts"
import { buildSliceQuery } from "./slice-query.ts"
import type { SlicedNode, Slices } from "./slice.ts"

/** Tests if the queries of a node give the rows of the slices, when they run over the slices of its inputs. */
export async function isReproduced(
  connection: Connection,
  slices: Slices,
  { node }: SlicedNode,
): Promise<boolean> {
  for (const { asset, input } of node.outputs) {
    const slice = slices.byInput.get(input)
    if (slice === undefined) continue
    const rows = buildSliceQuery(
      slices,
      node,
      { asset: asset.name, slice },
      ({ table, columns }) => `SELECT ${formatColumnList(columns)} FROM ${table}`,
    )
    const [row] = await connection.rows(`
      WITH computed AS MATERIALIZED (${rows}),
        stored AS (SELECT ${formatColumnList(slice.columns)} FROM ${slice.table})
      SELECT count(*)::DOUBLE AS rows FROM (
        (FROM computed EXCEPT ALL FROM stored) UNION ALL (FROM stored EXCEPT ALL FROM computed))`)
    if (getNumberCell(row, "rows") !== 0) return false
  }
  return true
}
