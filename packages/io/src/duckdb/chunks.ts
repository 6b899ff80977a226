import type { DuckDBDataChunk } from "@duckdb/node-api"

/** The chunks of a streamed result, up to the empty one that ends it. */
export async function* readChunks(result: {
  readonly fetchChunk: () => Promise<DuckDBDataChunk | null>
}): AsyncIterable<DuckDBDataChunk> {
  for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
    if (chunk.rowCount === 0) return
    yield chunk
  }
}
