import { formatSuggestion, FreshetError, type Problem, ProblemsError } from "@freshet/core/engine"

import { explainMissingImport } from "../plan/missing-import.ts"
import type { Project } from "../project.ts"

/** Classes of PostgreSQL errors that the text of a query causes, and the error of a query that takes too long. */
const rejectedQueryCodes = /^(0A|22|25|42|57014)/
const queryCanceledCode = "57014"

/** Converts the error of a wrong query over the published tables; undefined for any other error. */
export function toPublishedQueryError(
  error: unknown,
  tables: readonly string[],
): ProblemsError | undefined {
  if (
    !(error instanceof Error) ||
    !("code" in error) ||
    !rejectedQueryCodes.test(String(error.code))
  )
    return undefined
  const message =
    publishedQueryMessages.find(([fragment]) => error.message.includes(fragment))?.[1] ??
    error.message
  if (error.code === queryCanceledCode)
    return new ProblemsError("usage", [{ kind: "sql", message }])
  const names = tables.slice(0, maxListedTables).join(", ")
  const hint = `One select statement is allowed${names === "" ? "" : `, over tables such as ${names}`}.`
  return new ProblemsError("usage", [{ kind: "sql", message, hint }])
}

/** The number of tables that are listed in a hint. */
const maxListedTables = 3

/** Replaces messages of PostgreSQL about the cursor through which a query runs. */
const publishedQueryMessages = [
  ["multiple commands", "The query has more than one statement."],
  ["DECLARE CURSOR", "The published tables are read-only."],
  ["statement timeout", "The query took too long."],
] as const

/** Converts the error of a wrong query over assets; undefined for any other error. */
export function toQueryError(
  project: Project,
  sql: string,
  error: unknown,
): ProblemsError | undefined {
  const cause =
    error instanceof FreshetError && error.cause instanceof Error ? error.cause : undefined
  const match = /(?:Parser|Binder|Catalog) Error: (.*)/s.exec(cause?.message ?? "")
  if (match === null) return undefined
  const engineMessage = (match[1] ?? "").trim()
  const unknownTable = /^(?:Table with name|Catalog) "?([^\s"]+)"? does not exist/.exec(
    engineMessage,
  )?.[1]
  const problem =
    unknownTable === undefined
      ? toEngineProblem(sql, engineMessage)
      : unknownTableProblem(project, unknownTable)
  return new ProblemsError("usage", [problem])
}

function toEngineProblem(sql: string, engineMessage: string): Problem {
  const lines = engineMessage.replace(" is not an table", " is not a table").split("\n")
  const [message = "", ...place] = lines.filter((line) => line.trim() !== "")
  const hints = message.includes('near "@"') ? [...place, formatQuotedKeyHint(sql)] : place
  return { kind: "sql", message, hint: hints.join("\n") }
}

function formatQuotedKeyHint(sql: string): string {
  const [name = "name@key"] = /\w+@[\w:-]+/.exec(sql) ?? []
  return `Write an asset with a partition as one name in double quotes: "${name}".`
}

/** Explains a name with a schema, which only a table of PostgreSQL has. */
function schemaNameProblem(name: string): Problem {
  return {
    kind: "sql",
    message: `\`${name}\` is not an asset: names of assets have no schema.`,
    hint: "`freshet sql --published` queries the published tables in PostgreSQL.",
  }
}

function unknownTableProblem({ graph, config }: Project, name: string): Problem {
  if (name.includes(".")) return schemaNameProblem(name)
  const [base = name] = name.split("@")
  const hint =
    explainMissingImport(config.projectFolder, base) ?? formatSuggestion(base, graph.assets.keys())
  return { kind: "sql", message: `No asset is named \`${base}\`.`, hint }
}
