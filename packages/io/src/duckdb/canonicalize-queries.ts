import { FreshetError } from "@freshet/core/engine"

import { getTextCell } from "./cell.ts"
import { toEngineError } from "./engine-error.ts"
import type { Connection } from "./session.ts"
import { quoteText } from "./sql-text.ts"

/** The engine's parse of a text: one query in canonical form, or the reason why it is not a query. */
export type ParsedQuery =
  | { readonly kind: "query"; readonly canonical: string }
  | { readonly kind: "error"; readonly message: string }

/** Parses queries with the engine: only layout and comments are ignored. */
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

/** Returns each query in canonical form; throws a FreshetError for a text that is not one query. */
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

/** Matches locations in a parse tree. Only keys have bare closing quotes, so that literals that look like a location do not match. */
const locationPattern = /,?"query_location":\d+/g

function toParsedQuery(tree: string): ParsedQuery {
  // integers beyond 2^53 lose digits here: the canonical form is cut from the text instead
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
