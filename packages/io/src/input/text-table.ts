import type { Connection } from "../duckdb/session.ts"
import { createPause } from "./pause.ts"

const rowsPerFlush = 512

/** Appends rows to a temporary table of one BIGINT column followed by VARCHAR columns. */
export async function appendTextRows(
  connection: Connection,
  table: string,
  rows: readonly (readonly [number, ...(string | null)[]])[],
): Promise<void> {
  const pause = createPause()
  const appender = await connection.native.createAppender(table, "main", "temp")
  for (const [at, [ordinal, ...texts]] of rows.entries()) {
    appender.appendBigInt(BigInt(ordinal))
    for (const text of texts)
      if (text === null) appender.appendNull()
      else appender.appendVarchar(text)
    appender.endRow()
    if (at % rowsPerFlush === rowsPerFlush - 1) {
      appender.flushSync()
      await pause()
    }
  }
  appender.closeSync()
}
