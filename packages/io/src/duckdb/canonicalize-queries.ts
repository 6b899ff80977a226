import { FreshetError } from "@freshet/core/engine"

import { getTextCell } from "./cell.ts"
import { toEngineError } from "./engine-error.ts"
import type { Connection } from "./session.ts"
import { quoteText } from "./sql-text.ts"

/** The engine's parse of a text: one query in canonical form, or the reason why it is not a query. */
export type ParsedQuery =
  | { readonly kind: "query"; readonly canonical: string }
  | { readonly kind: "error"; readonly message: string }

/** Each query as the engine parses it: layout and comments do not count, anything else does. */
async function parseQueries(
  connection: Connection,
  queries: readonly string[],
): Promise<readonly ParsedQuery[]> {
  if (queries.length === 0) return []
  const list = queries.map((query, index) => `(${index}, ${quoteText(query)})`).join(", ")
  const rows = await connection.rows(
    `SELECT json_serialize_sql(query::VARCHAR) AS tree FROM (VALUES ${list}) AS q(place, query) ORDER BY place`,
  )
  return rows.map((row) => toParsedQuery(getTextCell(row, "tree")))
}

/** Each query in canonical form; a FreshetError for a text that is not one query. */
export async function canonicalizeQueries(
  connection: Connection,
  queries: readonly string[],
): Promise<readonly string[]> {
  try {
    return (await parseQueries(connection, queries)).map((query, index) => {
      if (query.kind === "query") return query.canonical
      throw new FreshetError("engine", `${query.message}: ${queries[index] ?? ""}`)
    })
  } catch (cause) {
    throw toEngineError("queries cannot be parsed", cause)
  }
}

/** A key's closing quote is bare only outside of JSON strings, so that literals which look like a location stay. */
const locationPattern = /,?"query_location":\d+/g

function toParsedQuery(tree: string): ParsedQuery {
  // integers beyond 2^53 lose digits here, so that the canonical form is cut from the text
  const parseTree = JSON.parse(tree) as SerializedQuery // the engine's own answer
  if (parseTree.error) return { kind: "error", message: parseTree.error_message ?? "not a query" }
  if (parseTree.statements?.length !== 1) return { kind: "error", message: "not exactly one query" }
  return { kind: "query", canonical: tree.replace(locationPattern, "") }
}

interface SerializedQuery {
  readonly error: boolean
  readonly error_message?: string
  readonly statements?: readonly unknown[]
}
