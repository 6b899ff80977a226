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
    await data.query(sqlRequest(project, text), (rows) => printRows(cli, flags, rows))
    return exitCodes.done
  })
}
