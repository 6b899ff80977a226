import type { QueryRows } from "@freshet/io"

import type { Config } from "../config.ts"
import { withLedgerOf } from "./open-project.ts"

/** Columns and first rows of a query over PostgreSQL. */
export interface PublishedRows {
  readonly columns: QueryRows["columns"]
  readonly rows: readonly Row[]
}

type Row = QueryRows["batches"] extends AsyncIterable<readonly (infer R)[]> ? R : never

/** Runs one query over the published tables and keeps its first rows. It can change nothing. */
export async function readPublished(
  config: Config,
  keeperCommand: readonly string[],
  { sql, limit }: { readonly sql: string; readonly limit: number },
): Promise<PublishedRows> {
  return withLedgerOf(config, keeperCommand, async (client) => {
    for (const type of writtenOut) client.setTypeParser(type, String)
    await client.query("begin transaction read only")
    try {
      // only a named statement is sure to be one alone
      const text = `declare published_rows no scroll cursor for ${sql}`
      await client.query({ name: "published_rows", text })
      const fetching = { text: `fetch ${limit} from published_rows`, rowMode: "array" } as const
      const { fields, rows } = await client.query<unknown[]>(fetching)
      const names = distinctNames(fields.map(({ name }) => name))
      const columns = fields.map(({ dataTypeID }, index) => ({
        name: names[index] ?? "",
        type: numbers.get(dataTypeID) ?? "VARCHAR",
      }))
      return { columns, rows: rows.map((row) => jsonRow(names, row)) }
    } finally {
      await client.query("rollback")
    }
  })
}

/** Columns of one name are told apart by a number. */
function distinctNames(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>()
  return names.map((name) => {
    const before = seen.get(name) ?? 0
    seen.set(name, before + 1)
    return before === 0 ? name : `${name}:${before}`
  })
}

function jsonRow(names: readonly string[], row: readonly unknown[]): Row {
  const cells = row.map((value, index) => [
    names[index] ?? "",
    value instanceof Date ? value.toISOString() : value,
  ])
  return Object.fromEntries(cells) as Row // the client gives values fit for JSON, and dates
}

/** Dates, and times that say no zone: as text they mean the same everywhere. */
const writtenOut = [1082, 1114]

/** PostgreSQL's numbers by the number of their type, as the engine calls them. */
const numbers = new Map([
  [20, "BIGINT"],
  [21, "SMALLINT"],
  [23, "INTEGER"],
  [700, "FLOAT"],
  [701, "DOUBLE"],
  [1700, "DECIMAL"],
])
