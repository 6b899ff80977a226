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
      const sql = `DESCRIBE SELECT * FROM read_parquet(${formatPathList([path])})`
      const result = await connection.native.run(`SELECT column_name, column_type FROM (${sql})`)
      const rows = await result.getRowsJson()
      return new Map(rows.map(([name, type]) => [toText(name), toText(type)]))
    } catch (cause) {
      throw toEngineError("the stored rows", cause)
    }
  })
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : ""
}
