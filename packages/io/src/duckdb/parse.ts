import { FreshetError } from "@freshet/core"

import { textCell } from "./cell.ts"
import { engineFailure } from "./failure.ts"
import { textLiteral } from "./literal.ts"
import type { Connection } from "./session.ts"

/** What the engine understood of a text: one query in canonical form, or why it is none. */
export type ParsedQuery =
  | { readonly kind: "query"; readonly canonical: string }
  | { readonly kind: "error"; readonly message: string }

/** Each query as the engine parses it: layout and comments do not count, anything else does. */
async function parseQueries(
  connection: Connection,
  queries: readonly string[],
): Promise<readonly ParsedQuery[]> {
  if (queries.length === 0) return []
  const list = queries.map((query, index) => `(${index}, ${textLiteral(query)})`).join(", ")
  const rows = await connection.rows(
    `SELECT json_serialize_sql(query::VARCHAR) AS tree FROM (VALUES ${list}) AS q(place, query) ORDER BY place`,
  )
  return rows.map((row) => parsed(textCell(row, "tree")))
}

/** Each query in canonical form; a FreshetError for a text that is not one query. */
export async function canonicalQueries(
  connection: Connection,
  queries: readonly string[],
): Promise<readonly string[]> {
  try {
    return (await parseQueries(connection, queries)).map((each, index) => {
      if (each.kind === "query") return each.canonical
      throw new FreshetError("engine", `${each.message}: ${queries[index] ?? ""}`)
    })
  } catch (cause) {
    throw engineFailure("queries cannot be parsed", cause)
  }
}

/** A key's closing quote is bare only outside of JSON strings, so that literals which look like a location stay. */
const location = /,?"query_location":\d+/g

function parsed(tree: string): ParsedQuery {
  // integers beyond 2^53 lose digits here, so that the canonical form is cut from the text
  const said = JSON.parse(tree) as Serialized // the engine's own answer
  if (said.error) return { kind: "error", message: said.error_message ?? "not a query" }
  if (said.statements?.length !== 1) return { kind: "error", message: "not exactly one query" }
  return { kind: "query", canonical: tree.replace(location, "") }
}

interface Serialized {
  readonly error: boolean
  readonly error_message?: string
  readonly statements?: readonly unknown[]
}
