import { didYouMean, FreshetError, type Problem, ProblemsError } from "@freshet/core"

import type { Config } from "../config.ts"
import type { Project } from "../project/project.ts"
import type { CommandLine } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { type RowsFlags, printRows } from "./result-rows.ts"
import { requireSql, sqlRequest } from "./sql-relations.ts"

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
  const config = await cli.loadConfig()
  if (flags.published) return published(cli, config, flags, text)
  cli.interruption.watch("Stopping.")
  return cli.world.withData(config, cli.interruption.signal, async (project, data) => {
    const request = await sqlRequest(project, text)
    await data
      .query(request, (rows) => printRows(cli, flags, rows))
      .catch((error: unknown) => {
        throw queryProblem(project, error) ?? error
      })
    return exitCodes.done
  })
}

async function published(
  cli: CommandLine,
  config: Config,
  flags: SqlFlags,
  text: string,
): Promise<number> {
  const query = { sql: text.replace(/;\s*$/, ""), limit: flags.limit + 1 }
  const { columns, rows } = await cli.world.readPublished(config, query).catch((error: unknown) => {
    throw refusedQuery(error) ?? error
  })
  await printRows(cli, flags, { columns, batches: batch(rows) })
  return exitCodes.done
}

async function* batch<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  yield rows
}

/** PostgreSQL's classes of errors for a query that cannot be right, or may not be run. */
const refusals = /^(0A|22|25|42)/

function refusedQuery(error: unknown): ProblemsError | undefined {
  if (!(error instanceof Error) || !("code" in error) || !refusals.test(String(error.code)))
    return undefined
  const message = messages.find(([said]) => error.message.includes(said))?.[1] ?? error.message
  const hint = "One select may be run, over tables like stocktwits.user_recs."
  return new ProblemsError("usage", [{ kind: "sql", message, hint }])
}

/** What PostgreSQL says of the way in which a query is run, in words about the query. */
const messages = [
  ["multiple commands", "This is more than one statement."],
  ["DECLARE CURSOR", "The published tables can only be read."],
] as const

/** What is wrong with a query that cannot be right; undefined for any other fault. */
function queryProblem(project: Project, error: unknown): ProblemsError | undefined {
  const cause =
    error instanceof FreshetError && error.cause instanceof Error ? error.cause : undefined
  const match = /(?:Parser|Binder|Catalog) Error: (.*)/s.exec(cause?.message ?? "")
  if (match === null) return undefined
  const said = (match[1] ?? "").trim()
  const unknown = /^(?:Table with name|Catalog) "?([^\s"]+)"? does not exist/.exec(said)?.[1]
  const problem = unknown === undefined ? engineProblem(said) : tableProblem(project, unknown)
  return new ProblemsError("usage", [problem])
}

function engineProblem(said: string): Problem {
  const [message = "", ...place] = said.split("\n").filter((line) => line.trim() !== "")
  return { kind: "sql", message, hint: place.join("\n") }
}

/** A name with a schema can only mean a table of PostgreSQL. */
function publishedProblem(name: string): Problem {
  return {
    kind: "sql",
    message: `\`${name}\` is not an asset: assets are named without a schema.`,
    hint: "The published tables in PostgreSQL are read with `freshet sql --published`.",
  }
}

function tableProblem({ graph }: Project, name: string): Problem {
  if (graph.assets.has(name))
    return {
      kind: "sql",
      message: `\`${name}\` was never made, so it has no rows.`,
      hint: `\`freshet materialize ${name}\` makes it.`,
    }
  if (name.includes(".")) return publishedProblem(name)
  const hint = didYouMean(name, graph.assets.keys())
  return { kind: "sql", message: `No asset is named \`${name}\`.`, hint }
}
