import type { Connection } from "../duckdb/session.ts"

/** Appends rows to a temporary table of one BIGINT column followed by VARCHAR columns. */
export async function appendTextRows(
  connection: Connection,
  table: string,
  rows: readonly (readonly [number, ...(string | null)[]])[],
): Promise<void> {
  const appender = await connection.native.createAppender(table, "main", "temp")
  for (const [ordinal, ...texts] of rows) {
    appender.appendBigInt(BigInt(ordinal))
    for (const text of texts)
      if (text === null) appender.appendNull()
      else appender.appendVarchar(text)
    appender.endRow()
  }
  appender.closeSync()
}
