import { queryAssets, queryPublished } from "@freshet/services"

import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { printRows, type RowsFlags } from "../terminal/print-rows.ts"

export interface SqlFlags extends Pick<RowsFlags, "json" | "csv"> {
  readonly published: boolean
  readonly limit?: number
}

/** Prints the rows of a query over assets by name, or over the published tables. */
export async function sql(
  cli: CommandLine,
  flags: SqlFlags,
  ...words: readonly string[]
): Promise<number> {
  cli.interruption.watch("Stopping.")
  const query = flags.published ? queryPublished : queryAssets
  const { limit = getDefaultLimit(cli, flags) } = flags
  const document = await query(await loadServices(cli), { sql: words.join(" "), limit })
  if (!flags.json)
    await printLines(
      cli.err,
      document.newest_partitions.map(
        ({ asset, partition }) => `${asset} is ${asset}@${partition}, the newest partition.`,
      ),
    )
  await printRows(cli, flags, document)
  return exitCodes.done
}

/** Limits rows for a person; a program that reads CSV or JSON gets all. */
function getDefaultLimit({ out }: CommandLine, { json, csv }: SqlFlags): number {
  return (json || csv) && !out.isTerminal ? Infinity : 100
}
