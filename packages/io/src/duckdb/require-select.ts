import { type Problem, ProblemsError } from "@freshet/core/engine"

import { getTextCell } from "./cell.ts"
import type { Connection } from "./session.ts"
import { quoteText } from "./sql-text.ts"

/** The table functions that a person's query may use: all that neither read files nor change the engine. */
const allowedTableFunctions: ReadonlySet<string> = new Set([
  "generate_series",
  "json_each",
  "json_tree",
  "query_table",
  "range",
  "repeat",
  "repeat_row",
  "unnest",
])

/**
 * Requires that a text is one SELECT, explained or not, that uses no table function but those that are allowed: some
 * of the others change the engine although the parser calls the statement a SELECT. A text that does not parse passes,
 * since the engine describes its mistake when it binds the text. The connection must be locked down.
 */
export async function requireSelect(connection: Connection, sql: string): Promise<void> {
  const syntax = await parseSelects(connection, sql)
  if (syntax.kind === "malformed") return
  if (syntax.kind === "selects") requireOneSelect(syntax.statements)
  else await requireExplainedSelectOrPivot(connection, sql)
}

async function requireExplainedSelectOrPivot(connection: Connection, sql: string): Promise<void> {
  const explainedSql = /^\s*explain\s+(?:analyze\s+)?(.*)$/is.exec(sql)?.[1]
  if (explainedSql === undefined) return requirePivot(connection, sql)
  const syntax = await parseSelects(connection, explainedSql)
  if (syntax.kind !== "selects") throw createReadOnlyError("this statement is not a SELECT")
  requireOneSelect(syntax.statements)
}

function requireOneSelect(statements: readonly unknown[]): void {
  if (statements.length !== 1) throw createStatementCountError(statements.length)
  const functionName = findTableFunction(statements)
  if (functionName !== undefined) throw createReadOnlyError(`\`${functionName}\` cannot be used`)
}

/** The refusal of a query that asks for more than the rows of assets. */
export function createReadOnlyError(reason: string): ProblemsError {
  const problem: Problem = {
    kind: "sql",
    message: `Queries are read-only: ${reason}.`,
    hint: "One SELECT may be run, over the assets of the project.",
  }
  return new ProblemsError("usage", [problem])
}

function createStatementCountError(statements: number): ProblemsError {
  const message = statements === 0 ? "There is no query." : "This is more than one statement."
  return new ProblemsError("usage", [{ kind: "sql", message, hint: "One SELECT may be run." }])
}

type Syntax =
  | { readonly kind: "selects"; readonly statements: readonly unknown[] }
  | { readonly kind: "no_select" | "malformed" }

async function parseSelects(connection: Connection, sql: string): Promise<Syntax> {
  const [row] = await connection.rows(`SELECT json_serialize_sql(${quoteText(sql)}) AS syntax`)
  const syntax = JSON.parse(getTextCell(row, "syntax")) as {
    readonly statements?: readonly unknown[]
    readonly error_type?: string
  }
  if (syntax.statements !== undefined) return { kind: "selects", statements: syntax.statements }
  return { kind: syntax.error_type === "parser" ? "malformed" : "no_select" }
}

/** Finds a table function that is not allowed, anywhere in the syntax. */
function findTableFunction(node: unknown): string | undefined {
  if (typeof node !== "object" || node === null) return undefined
  if ("type" in node && node.type === "TABLE_FUNCTION" && "function" in node) {
    const name = getFunctionName(node.function)
    if (!allowedTableFunctions.has(name)) return name
  }
  for (const child of Object.values(node)) {
    const name = findTableFunction(child)
    if (name !== undefined) return name
  }
  return undefined
}

function getFunctionName(call: unknown): string {
  const hasName = typeof call === "object" && call !== null && "function_name" in call
  return hasName ? String(call.function_name).toLowerCase() : "a function"
}

/**
 * Requires a query with a PIVOT whose columns come from the rows. The parser makes several statements of it and shows
 * no syntax, but it takes the text in parentheses only if it is one query; table functions are found by their names.
 */
async function requirePivot(connection: Connection, sql: string): Promise<void> {
  const isQuery = await isParsed(connection, `SELECT * FROM (${sql.replace(/;\s*$/, "")}\n)`)
  if (!isQuery || !/\bpivot\b/i.test(sql))
    throw createReadOnlyError("this statement is not a SELECT")
  const rows = await connection.rows(
    "SELECT DISTINCT function_name AS name FROM duckdb_functions() WHERE function_type IN ('table', 'table_macro')",
  )
  const names = new Set(rows.map((row) => getTextCell(row, "name").toLowerCase()))
  const words = sql.toLowerCase().match(/[\w$]+/g) ?? []
  const functionName = words.find((word) => names.has(word) && !allowedTableFunctions.has(word))
  if (functionName !== undefined) throw createReadOnlyError(`\`${functionName}\` cannot be used`)
}

async function isParsed({ native }: Connection, sql: string): Promise<boolean> {
  try {
    await native.extractStatements(sql)
    return true
  } catch {
    return false
  }
}
