import type { Client } from "pg"

import type { JsonRow } from "../duckdb/session.ts"

/** Columns and first rows of a query over PostgreSQL, in the form of the engine's results. */
export interface PublishedRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly JsonRow[]
}

/** Runs one read-only query over the published tables and returns its first rows. */
export async function readPublished(
  client: Client,
  { sql, limit }: { readonly sql: string; readonly limit: number },
): Promise<PublishedRows> {
  const { DATE, TIMESTAMP } = (await import("pg")).default.types.builtins
  for (const type of [DATE, TIMESTAMP]) client.setTypeParser(type, String) // without a zone only text is the same everywhere
  await client.query("begin transaction read only")
  try {
    // a named statement is always a single one
    const text = `declare published_rows no scroll cursor for ${sql}`
    await client.query({ name: "published_rows", text })
    const fetching = { text: `fetch ${limit} from published_rows`, rowMode: "array" } as const
    const { fields, rows } = await client.query<unknown[]>(fetching)
    const names = makeNamesDistinct(fields.map(({ name }) => name))
    const columns = fields.map(({ dataTypeID }, index) => ({
      name: names[index] ?? "",
      type: typeNames.get(dataTypeID) ?? "VARCHAR",
    }))
    return { columns, rows: rows.map((row) => toJsonRow(names, row)) }
  } finally {
    await client.query("rollback")
  }
}

/** Appends a number to repeated column names. */
function makeNamesDistinct(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  return names.map((name) => {
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    return count === 0 ? name : `${name}:${count}`
  })
}

function toJsonRow(names: readonly string[], row: readonly unknown[]) {
  const cells = row.map((value, index) => [
    names[index] ?? "",
    value instanceof Date ? value.toISOString() : value,
  ])
  return Object.fromEntries(cells) as JsonRow // the client gives values fit for JSON, and dates
}

/** The engine's names of PostgreSQL's numeric types, by type number. */
const typeNames = new Map([
  [20, "BIGINT"],
  [21, "SMALLINT"],
  [23, "INTEGER"],
  [700, "FLOAT"],
  [701, "DOUBLE"],
  [1700, "DECIMAL"],
])
