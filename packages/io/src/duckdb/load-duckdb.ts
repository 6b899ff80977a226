import type duckdb from "@duckdb/node-api"

/** Loads the engine. By default its binding drops a byte order mark at the start of a text, although it belongs to the text. */
export async function loadDuckdb(): Promise<typeof duckdb> {
  const { default: engine } = await import("@duckdb/node-api")
  const { default: accessors } = await import("@duckdb/node-api/lib/vectors/dataAccessors.js")
  Object.assign(accessors, { textDecoder: new TextDecoder("utf-8", { ignoreBOM: true }) })
  return engine
}
