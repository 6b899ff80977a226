import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from "@duckdb/node-api"
import { quoteName } from "@freshet/core/engine"

import type { Session } from "../duckdb/session.ts"
import type { Store } from "../store/store.ts"

/** A column to read: its name in the file, and the expression that converts it to the table's type. */
export interface RowColumn {
  readonly name: string
  /** SQL over the file's columns: `CAST("weight" AS INTEGER)`. */
  readonly expression: string
}

/** Streams stored rows in order, with only a few chunks in memory. */
export type ReadRows = (
  file: string,
  columns: readonly RowColumn[],
  orderBy: readonly string[],
) => AsyncIterable<DuckDBDataChunk>

/** Reads stored rows with the session's engine; uses one of its connections until the last chunk. */
export function createRowReader(session: Session, store: Pick<Store, "localPath">): ReadRows {
  return async function* (file, columns, orderBy) {
    const path = await store.localPath(file)
    yield* streamQuery(session, buildRowsQuery(path, columns, orderBy))
  }
}

/** Streams the rows of a query; uses a connection of the session until the last chunk. */
export async function* streamQuery(
  session: Session,
  query: string,
): AsyncIterable<DuckDBDataChunk> {
  const { connection, close } = await openConnection(session)
  try {
    yield* streamRows(connection, query)
  } finally {
    await close()
  }
}

interface OpenConnection {
  readonly connection: DuckDBConnection
  readonly close: () => Promise<void>
}

/** Opens a connection for a generator, which cannot run inside a callback: the generator releases it. */
function openConnection(session: Session): Promise<OpenConnection> {
  return new Promise((resolve, reject) => {
    const connectionUse = session.withConnection(
      ({ native }) =>
        new Promise<void>((release) => {
          resolve({
            connection: native,
            close: () => {
              release()
              return connectionUse
            },
          })
        }),
    )
    connectionUse.catch(reject)
  })
}

/** Fetches the next chunk during the use of the previous one. */
async function* streamRows(
  connection: DuckDBConnection,
  query: string,
): AsyncIterable<DuckDBDataChunk> {
  const result = await connection.stream(query)
  let pendingChunk = fetchAhead(result)
  try {
    for (;;) {
      const chunk = await pendingChunk
      if (chunk === null || chunk.rowCount === 0) return
      pendingChunk = fetchAhead(result)
      yield chunk
    }
  } finally {
    await pendingChunk.catch(() => undefined)
  }
}

/** Fetches the next chunk ahead. A failure surfaces when the chunk is read. */
function fetchAhead(result: DuckDBResult): Promise<DuckDBDataChunk | null> {
  const pendingChunk = result.fetchChunk()
  pendingChunk.catch(() => undefined)
  return pendingChunk
}

function buildRowsQuery(
  path: string,
  columns: readonly RowColumn[],
  orderBy: readonly string[],
): string {
  const selections = columns.map(({ name, expression }) => `${expression} AS ${quoteName(name)}`)
  const order = orderBy.length === 0 ? "" : ` ORDER BY ${orderBy.map(quoteName).join(", ")}`
  const file = `'${path.replaceAll("'", "''")}'`
  return `SELECT ${selections.join(", ")} FROM read_parquet(${file}, hive_partitioning = false)${order}`
}
