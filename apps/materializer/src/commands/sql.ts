import { FreshetError, ProblemsError } from "@freshet/core"

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
        throw wrongQuery(error) ?? error
      })
    return exitCodes.done
  })
}

/** What the engine says of a query that cannot be right; undefined for any other fault. */
function wrongQuery(error: unknown): ProblemsError | undefined {
  const said =
    error instanceof FreshetError && error.cause instanceof Error ? error.cause : undefined
  const match = /(?:Parser|Binder|Catalog) Error: (.*)/s.exec(said?.message ?? "")
  if (match === null) return undefined
  const [what = "", ...rest] = (match[1] ?? "").trim().split("\n")
  const hint = [...rest, "`freshet assets` lists what can be queried."].join("\n")
  return new ProblemsError("usage", [{ kind: "sql", message: what, hint }])
}
