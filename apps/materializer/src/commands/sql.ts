import { didYouMean, FreshetError, type Problem, ProblemsError } from "@freshet/core"

import type { Project } from "../project/project.ts"
import type { CommandLine } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { type RowsFlags, printRows } from "./result-rows.ts"
import { requireSql, sqlRequest } from "./sql-relations.ts"

/** Runs a person's query over the assets by name. */
export async function sql(
  cli: CommandLine,
  flags: RowsFlags,
  ...words: readonly string[]
): Promise<number> {
  const text = words.join(" ")
  requireSql(text)
  const config = await cli.loadConfig()
  cli.interruption.watch("Stopping.")
  return cli.world.withData(config, cli.interruption.signal, async (project, data) => {
    const request = sqlRequest(project, text)
    await data
      .query(request, (rows) => printRows(cli, flags, rows))
      .catch((error: unknown) => {
        throw queryProblem(project, error) ?? error
      })
    return exitCodes.done
  })
}

/** What is wrong with a query that cannot be right; undefined for any other fault. */
function queryProblem(project: Project, error: unknown): ProblemsError | undefined {
  const cause =
    error instanceof FreshetError && error.cause instanceof Error ? error.cause : undefined
  const match = /(?:Parser|Binder|Catalog) Error: (.*)/s.exec(cause?.message ?? "")
  if (match === null) return undefined
  const said = (match[1] ?? "").trim()
  const unknown = /^Table with name (\S+) does not exist/.exec(said)?.[1]
  const problem = unknown === undefined ? engineProblem(said) : tableProblem(project, unknown)
  return new ProblemsError("usage", [problem])
}

function engineProblem(said: string): Problem {
  const [message = "", ...place] = said.split("\n").filter((line) => line.trim() !== "")
  return { kind: "sql", message, hint: place.join("\n") }
}

function tableProblem({ graph }: Project, name: string): Problem {
  if (graph.assets.has(name))
    return {
      kind: "sql",
      message: `\`${name}\` was never made, so it has no rows.`,
      hint: `\`freshet materialize ${name}\` makes it.`,
    }
  const hint = didYouMean(name, graph.assets.keys())
  return { kind: "sql", message: `No asset is named \`${name}\`.`, hint }
}
