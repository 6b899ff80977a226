import { queryAssets, queryPublished } from "@freshet/services"

import type { CommandLine } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { printRows, type RowsFlags } from "../terminal/print-rows.ts"

export interface SqlFlags extends RowsFlags {
  readonly published: boolean
}

/** Prints the first rows of a query over assets by name, or over the published tables. */
export async function sql(
  cli: CommandLine,
  flags: SqlFlags,
  ...words: readonly string[]
): Promise<number> {
  cli.interruption.watch("Stopping.")
  const query = flags.published ? queryPublished : queryAssets
  const request = { sql: words.join(" "), limit: flags.limit }
  await printRows(cli, flags, await query(await loadServices(cli), request))
  return exitCodes.done
}
