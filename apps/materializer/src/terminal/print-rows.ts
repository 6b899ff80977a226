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
  { json, csv }: Pick<RowsFlags, "json" | "csv">,
  document: Pick<QueryResultDocument, "columns" | "rows" | "more">,
): Promise<void> {
  if (json) return printJson(cli.out, document)
  const lines = csv ? formatCsv(document) : formatRows(document, cli.out.style)
  for (let at = 0; at < lines.length; at += linesPerWrite)
    await printData(cli.out, lines.slice(at, at + linesPerWrite))
  if (document.more) await printLimit(cli, document.rows.length, "row")
}

/** Bounds the text of one write, since all rows of a large result exceed the longest string. */
const linesPerWrite = 10_000

/** Prints that the limit left out rows or lines. */
export function printLimit({ err }: CommandLine, limit: number, noun: string): Promise<void> {
  return printLines(err, [`The first ${formatQuantity(limit, noun)}; --limit shows more.`])
}
