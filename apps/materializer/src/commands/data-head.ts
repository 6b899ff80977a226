import { readRows } from "@freshet/services"

import { formatReport } from "../render/report.ts"
import { type CommandLine, printData, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { printLimit, printRows, type RowsFlags } from "../terminal/print-rows.ts"

export interface DataHeadFlags extends RowsFlags {
  readonly partition?: string
  readonly failedRows: boolean
  /** The previous name of `failedRows`. */
  readonly refused: boolean
}

/** Prints the first rows of a partition. */
export async function dataHead(
  cli: CommandLine,
  { refused, ...flags }: DataHeadFlags,
  asset: string,
): Promise<number> {
  const { partition, limit } = flags
  cli.interruption.watch("Stopping.")
  const failedRows = flags.failedRows || refused
  const document = await readRows(await loadServices(cli), { asset, partition, failedRows, limit })
  const { report, rows, more } = document
  if (report !== null && !flags.json && !flags.csv) {
    await printData(cli.out, formatReport(report, rows, cli.out.style))
    if (more) await printLimit(cli, rows.length, "row")
    return exitCodes.done
  }
  if (cli.out.isTerminal && !flags.json && document.partition !== "all")
    await printLines(cli.err, [`${document.asset} ${document.partition}`])
  await printRows(cli, flags, document)
  return exitCodes.done
}
