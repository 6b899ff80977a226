import { getNumberCell, getTextCell } from "../cell.ts"
import type { Connection } from "../session.ts"
import { formatColumnList } from "../sql-text.ts"
import type { Slice } from "./slice.ts"
import type { Trace, TracedLine } from "./trace-request.ts"
import type { Round } from "./trace-round.ts"

/** The number of rows of one partition in a trace. */
const rowsPerStep = 20

/** Reads the first rows of a slice. */
export async function readRows(
  connection: Connection,
  { table, columns }: Slice,
  condition: string,
): Promise<Trace["rows"]> {
  return await connection.rows(
    `SELECT ${formatColumnList(columns)} FROM ${table} WHERE ${condition} ORDER BY ALL LIMIT ${rowsPerStep}`,
  )
}

/** Reads the rows of each partition that change with the lines. */
export async function readSteps(
  connection: Connection,
  { slices, differences }: Round,
  trials: ReadonlySet<number>,
  target: Slice,
): Promise<Trace["steps"]> {
  const steps: Trace["steps"][number][] = []
  const list = [...trials].join(", ")
  for (const slice of slices.byInput.values()) {
    const removed = differences.get(slice.input.id)?.removed
    if (slice.input.kind === "landed" || slice === target) continue
    if (removed === undefined || trials.size === 0) continue
    const condition = `" rid" IN (SELECT " rid" FROM ${removed} WHERE " trial" IN (${list}))`
    const [row] = await connection.rows(
      `SELECT count(*)::DOUBLE AS rows FROM ${slice.table} WHERE ${condition}`,
    )
    const count = getNumberCell(row, "rows")
    if (count === 0) continue
    const rows = await readRows(connection, slice, condition)
    steps.push({ input: slice.input.id, rows, count })
  }
  return steps
}

/** Reads the places of the lines of trials. */
export async function readLines(
  connection: Connection,
  { seeds }: Round,
  trials: ReadonlySet<number>,
  decisive: ReadonlySet<number>,
): Promise<readonly TracedLine[]> {
  const lines: TracedLine[] = []
  for (const { slice, offset } of seeds) {
    if (slice.input.kind !== "landed") continue
    const rids = Array.from({ length: slice.rows }, (_, at) => at + 1).filter((rid) =>
      trials.has(offset + rid),
    )
    if (rids.length === 0) continue
    const rows = await connection.rows(`
      SELECT " rid" AS rid, " file" AS file, " ordinal"::DOUBLE AS ordinal
      FROM ${slice.table} WHERE " rid" IN (${rids.join(", ")}) ORDER BY file, ordinal`)
    lines.push(
      ...rows.map((row) => ({
        input: slice.input.id,
        file: getTextCell(row, "file"),
        ordinal: getNumberCell(row, "ordinal"),
        isDecisive: decisive.has(offset + getNumberCell(row, "rid")),
      })),
    )
  }
  return lines
}
