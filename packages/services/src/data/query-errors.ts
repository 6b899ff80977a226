import { formatSuggestion, FreshetError, type Problem, ProblemsError } from "@freshet/core/engine"

import type { Project } from "../project.ts"

/** Classes of PostgreSQL errors that the text of a query causes. */
const rejectedQueryCodes = /^(0A|22|25|42)/

/** Converts the error of a wrong query over the published tables; undefined for any other error. */
export function toPublishedQueryError(error: unknown): ProblemsError | undefined {
  if (
    !(error instanceof Error) ||
    !("code" in error) ||
    !rejectedQueryCodes.test(String(error.code))
  )
    return undefined
  const message =
    publishedQueryMessages.find(([fragment]) => error.message.includes(fragment))?.[1] ??
    error.message
  const hint = "One select statement is allowed, over tables such as stocktwits.user_recs."
  return new ProblemsError("usage", [{ kind: "sql", message, hint }])
}

/** Replaces messages of PostgreSQL about the cursor through which a query runs. */
const publishedQueryMessages = [
  ["multiple commands", "The query has more than one statement."],
  ["DECLARE CURSOR", "The published tables are read-only."],
] as const

/** Converts the error of a wrong query over assets; undefined for any other error. */
export function toQueryError(project: Project, error: unknown): ProblemsError | undefined {
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
      ? toEngineProblem(engineMessage)
      : unknownTableProblem(project, unknownTable)
  return new ProblemsError("usage", [problem])
}

function toEngineProblem(engineMessage: string): Problem {
  const [message = "", ...place] = engineMessage.split("\n").filter((line) => line.trim() !== "")
  const hints = message.includes('near "@"') ? [...place, quotedKeyHint] : place
  return { kind: "sql", message, hint: hints.join("\n") }
}

const quotedKeyHint =
  'Write an asset with a partition as one name in double quotes: "user_recs@2026-01-05".'

/** Explains a name with a schema, which only a table of PostgreSQL has. */
function schemaNameProblem(name: string): Problem {
  return {
    kind: "sql",
    message: `\`${name}\` is not an asset: names of assets have no schema.`,
    hint: "`freshet sql --published` queries the published tables in PostgreSQL.",
  }
}

function unknownTableProblem({ graph }: Project, name: string): Problem {
  if (name.includes(".")) return schemaNameProblem(name)
  const [base = name] = name.split("@")
  const hint = formatSuggestion(base, graph.assets.keys())
  return { kind: "sql", message: `No asset is named \`${base}\`.`, hint }
}
