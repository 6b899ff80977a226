import { getTextCell } from "./cell.ts"
import { toEngineError } from "./engine-error.ts"
import type { Session } from "./session.ts"
import { formatPathList } from "./sql-text.ts"

/** Reads the columns of a Parquet file on the local disk: name → DuckDB type. */
export async function readFileColumns(
  { withConnection }: Session,
  path: string,
): Promise<ReadonlyMap<string, string>> {
  return withConnection(async (connection) => {
    try {
      const rows = await connection.rows(
        `SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet(${formatPathList([path])}))`,
      )
      return new Map(
        rows.map((row) => [getTextCell(row, "column_name"), getTextCell(row, "column_type")]),
      )
    } catch (cause) {
      throw toEngineError("the stored rows", cause)
    }
  })
}
