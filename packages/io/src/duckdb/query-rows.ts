import { toEngineError } from "./engine-error.ts"
import { convertToJson } from "./json-value.ts"
import type { Connection, JsonRow } from "./session.ts"

/** A stream of a query's rows. */
export interface QueryRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly batches: AsyncIterable<readonly JsonRow[]>
}

/** Runs one query and streams its rows. */
export async function streamRows<T>(
  connection: Connection,
  sql: string,
  consume: (rows: QueryRows) => Promise<T>,
): Promise<T> {
  try {
    const result = await connection.native.stream(sql)
    const names = result.deduplicatedColumnNames()
    const columns = names.map((name, at) => ({ name, type: result.columnType(at).toString() }))
    return await consume({ columns, batches: result.yieldConvertedRowObjects(convertToJson) })
  } catch (cause) {
    throw toEngineError("the query", cause)
  }
}
