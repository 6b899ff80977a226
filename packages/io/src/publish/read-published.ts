import type { Client } from "pg"

import type { JsonRow } from "../duckdb/session.ts"
import { findPublishedType } from "./published-type.ts"

/** Columns and first rows of a query over PostgreSQL, in the form of the engine's results. */
export interface PublishedRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly JsonRow[]
}

/** A query over the published tables. */
export interface PublishedQuery {
  readonly sql: string
  /** The number of rows to return; infinite for all. */
  readonly limit: number
  /** The time after which the server cancels the query; unlimited unless given. */
  readonly timeoutSeconds?: number | undefined
}

/** Runs one read-only query over the published tables and returns its first rows. */
export async function readPublished(
  client: Client,
  { sql, limit, timeoutSeconds }: PublishedQuery,
): Promise<PublishedRows> {
  const { types } = (await import("pg")).default
  const { getTypeParser } = types as ArrayTypes
  const parseArray = getTypeParser(textArray)
  await client.query(`begin transaction read only; ${outputSettings}`)
  try {
    if (timeoutSeconds !== undefined)
      await client.query(`set local statement_timeout = '${timeoutSeconds}s'`)
    // a named statement is always a single one
    const text = `declare published_rows no scroll cursor for ${sql}`
    await client.query({ name: "published_rows", text })
    const { fields, rows } = await client.query<unknown[]>({
      text: `fetch ${Number.isFinite(limit) ? limit : "all"} from published_rows`,
      rowMode: "array",
      types: { getTypeParser: (oid: number) => findPublishedType(oid, parseArray).parse },
    })
    const names = makeNamesDistinct(fields.map(({ name }) => name))
    const columns = fields.map(({ dataTypeID }, index) => ({
      name: names[index] ?? "",
      type: findPublishedType(dataTypeID, parseArray).name,
    }))
    return { columns, rows: rows.map((row) => toJsonRow(names, row)) }
  } finally {
    await client.query("rollback")
  }
}

/** The client's declaration knows only some of its types by number. */
interface ArrayTypes {
  readonly getTypeParser: (oid: number) => (text: string) => readonly unknown[]
}

/** The number of the type `text[]`. */
const textArray = 1009

/** The settings with which times and days have the engine's form, for every role. */
const outputSettings =
  "set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local extra_float_digits = 1; set local bytea_output = 'hex'"

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
  const cells = row.map((value, index) => [names[index] ?? "", value])
  return Object.fromEntries(cells) as JsonRow // the parsers return JSON
}
