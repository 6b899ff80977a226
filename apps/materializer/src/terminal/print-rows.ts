import { formatQuantity } from "@freshet/core/engine"
import type { QueryResultDocument } from "@freshet/services"

import { formatCsv, formatRows } from "../render/result-rows.ts"
import { type CommandLine, printData, printJson, printLines } from "./command-line.ts"

/** Decides how many rows are printed, and in which form. */
export interface RowsFlags {
  readonly limit: number
  readonly json: boolean
  readonly csv: boolean
}

/** Prints the first rows of a result. */
export async function printRows(
  cli: CommandLine,
  { json, csv }: RowsFlags,
  document: QueryResultDocument,
): Promise<void> {
  if (json) return printJson(cli.out, document)
  await printData(cli.out, csv ? formatCsv(document) : formatRows(document, cli.out.style))
  if (document.more) await printLimit(cli, document.rows.length, "row")
}

/** Prints that the limit left out rows or lines. */
export function printLimit({ err }: CommandLine, limit: number, noun: string): Promise<void> {
  return printLines(err, [`The first ${formatQuantity(limit, noun)}; --limit shows more.`])
}
