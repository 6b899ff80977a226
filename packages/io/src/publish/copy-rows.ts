import { pipeline } from "node:stream/promises"

import type { DuckDBDataChunk } from "@duckdb/node-api"
import { quoteName } from "@freshet/core/engine"
import type { Client } from "pg"
import { from as copyFrom } from "pg-copy-streams"

import { type BinaryForm, copyHeader, copyTrailer, encodeRows } from "./binary-rows.ts"
import { loadStringReader } from "./long-strings.ts"
import type { TargetColumn } from "./target-table.ts"

/** Loads chunks into a table with backpressure from the server; returns the number of rows. */
export async function copyRows(
  client: Client,
  table: string,
  columns: readonly Pick<TargetColumn, "name" | "form">[],
  chunks: AsyncIterable<DuckDBDataChunk>,
): Promise<number> {
  const names = columns.map(({ name }) => quoteName(name)).join(", ")
  const copy = client.query(copyFrom(`copy ${table} (${names}) from stdin (format binary)`))
  const forms = columns.map(({ form }) => form)
  await pipeline(() => encodeChunks(chunks, forms), copy)
  return copy.rowCount
}

async function* encodeChunks(
  chunks: AsyncIterable<DuckDBDataChunk>,
  forms: readonly BinaryForm[],
): AsyncIterable<Buffer> {
  const readBytes = await loadStringReader()
  yield copyHeader
  for await (const chunk of chunks) yield encodeRows(chunk, forms, readBytes)
  yield copyTrailer
}
