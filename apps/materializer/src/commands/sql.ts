import { formatSuggestion, FreshetError, type Problem, ProblemsError } from "@freshet/core/engine"
import {
  findRelation,
  openData,
  type Project,
  readPublished,
  requireSql,
  type Services,
} from "@freshet/services"

import type { CommandLine } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { type RowsFlags, printRows } from "../terminal/print-rows.ts"

export interface SqlFlags extends RowsFlags {
  readonly published: boolean
}

/** Runs a person's query over the assets by name, or over the published tables. */
export async function sql(
  cli: CommandLine,
  flags: SqlFlags,
  ...words: readonly string[]
): Promise<number> {
  const text = words.join(" ")
  requireSql(text)
  const services = await loadServices(cli)
  if (flags.published) return queryPublished(cli, services, flags, text)
  cli.interruption.watch("Stopping.")
  return services.withProject({}, async (project) => {
    const data = openData(project)
    const find = (name: string) => findRelation(project, text, name)
    await data
      .queryNamed({ sql: text, find }, (rows) => printRows(cli, flags, rows))
      .catch((error: unknown) => {
        throw toQueryError(project, error) ?? error
      })
    return exitCodes.done
  })
}

async function queryPublished(
  cli: CommandLine,
  services: Services,
  flags: SqlFlags,
  text: string,
): Promise<number> {
  const query = { sql: text.replace(/;\s*$/, ""), limit: flags.limit + 1 }
  const { columns, rows } = await readPublished(services, query).catch((error: unknown) => {
    throw toPublishedQueryError(error) ?? error
  })
  await printRows(cli, flags, { columns, batches: toBatches(rows) })
  return exitCodes.done
}

async function* toBatches<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  yield rows
}

/** PostgreSQL's classes of errors for a query that cannot be right, or may not be run. */
const rejectedQueryCodes = /^(0A|22|25|42)/

function toPublishedQueryError(error: unknown): ProblemsError | undefined {
  if (
    !(error instanceof Error) ||
    !("code" in error) ||
    !rejectedQueryCodes.test(String(error.code))
  )
    return undefined
  const message =
    publishedQueryMessages.find(([fragment]) => error.message.includes(fragment))?.[1] ??
    error.message
  const hint = "One select may be run, over tables like stocktwits.user_recs."
  return new ProblemsError("usage", [{ kind: "sql", message, hint }])
}

/** What PostgreSQL says of the way in which a query is run, in words about the query. */
const publishedQueryMessages = [
  ["multiple commands", "This is more than one statement."],
  ["DECLARE CURSOR", "The published tables can only be read."],
] as const

/** What is wrong with a query that cannot be right; undefined for any other fault. */
function toQueryError(project: Project, error: unknown): ProblemsError | undefined {
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
  'An asset with a partition is one name, in double quotes: "user_recs@2026-01-05".'

/** A name with a schema can only mean a table of PostgreSQL. */
function schemaNameProblem(name: string): Problem {
  return {
    kind: "sql",
    message: `\`${name}\` is not an asset: assets are named without a schema.`,
    hint: "The published tables in PostgreSQL are read with `freshet sql --published`.",
  }
}

function unknownTableProblem({ graph }: Project, name: string): Problem {
  if (name.includes(".")) return schemaNameProblem(name)
  const [base = name] = name.split("@")
  const hint = formatSuggestion(base, graph.assets.keys())
  return { kind: "sql", message: `No asset is named \`${base}\`.`, hint }
}
