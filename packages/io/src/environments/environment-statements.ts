import { quoteName } from "@freshet/core/engine"
import type { Client } from "pg"

import { toEnvironmentSchema } from "./environment-name.ts"

/**
 * The tables of the ledger that each environment has. All other tables are shared: partitions have the same numbers and
 * workers different ids in all environments, and schedules, arrivals and alerts belong to the default one.
 */
export const environmentTables = [
  "identity",
  "wipes",
  "declared_assets",
  "runs",
  "steps",
  "attempts",
  "log_lines",
  "materializations",
  "check_results",
  "line_counts",
  "publications",
  "published_partitions",
  "published_tables",
  "claims",
  "requests",
  "table_migrations",
] as const

const tableNames = environmentTables.join("|")

/** A table as the ledger's statements name it, and as Drizzle does. */
const tablePattern = new RegExp(
  String.raw`(?<![\w".])(?:freshet\.(${tableNames})\b|"freshet"\."(${tableNames})")`,
  "g",
)

/**
 * Redirects a statement to the ledger of an environment: its tables are used instead of `freshet.steps` and the others.
 * `"freshet".steps`, of which only the schema is quoted, is the table of the default environment in every statement.
 */
export function redirectStatement(text: string, environment: string): string {
  const schema = quoteName(toEnvironmentSchema("freshet", environment))
  return text.replace(
    tablePattern,
    (_, plain: string | undefined, quoted: string) => `${schema}.${plain ?? quoted}`,
  )
}

type Query = (...args: readonly unknown[]) => unknown

/** Lets a connection use the ledger of an environment: each of its statements is redirected. */
export function redirectClient(client: Client, environment: string): Client {
  const query = client.query.bind(client) as Query
  const redirectedQuery: Query = (statement, ...args) =>
    query(redirectQuery(statement, environment), ...args)
  return Object.assign(client, { query: redirectedQuery })
}

/** Redirects the text of a query. A stream of COPY is itself sent to the server, so its own text is replaced. */
function redirectQuery(statement: unknown, environment: string): unknown {
  if (typeof statement === "string") return redirectStatement(statement, environment)
  if (!isTextQuery(statement)) return statement
  const text = redirectStatement(statement.text, environment)
  return "submit" in statement ? Object.assign(statement, { text }) : { ...statement, text }
}

function isTextQuery(statement: unknown): statement is { readonly text: string } {
  return (
    typeof statement === "object" &&
    statement !== null &&
    "text" in statement &&
    typeof statement.text === "string"
  )
}
