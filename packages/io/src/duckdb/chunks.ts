import type { DuckDBDataChunk } from "@duckdb/node-api"

/** Yields the chunks of a streamed result; an empty chunk ends it. */
export async function* readChunks(result: {
  readonly fetchChunk: () => Promise<DuckDBDataChunk | null>
}): AsyncIterable<DuckDBDataChunk> {
  for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
    if (chunk.rowCount === 0) return
    yield chunk
  }
}
