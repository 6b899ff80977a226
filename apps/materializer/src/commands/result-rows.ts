import type { QueryRows } from "@freshet/io"

import { counted } from "../render/amount.ts"
import { csvLine, jsonRow, type ResultRow, rowLines } from "../render/rows.ts"
import { type CommandLine, printData, printJson, printLines } from "./command-line.ts"

/** How rows are to be printed. */
export interface RowsFlags {
  readonly limit: number
  readonly json: boolean
  readonly csv: boolean
}

/** Prints the first rows of a result, and says when there were more. */
export async function printRows(
  cli: CommandLine,
  { limit, json, csv }: RowsFlags,
  { columns, batches }: QueryRows,
): Promise<void> {
  const { rows, more } = await firstRows(batches, limit)
  if (json) {
    const values = rows.map((row) => jsonRow(columns, row))
    return printJson(cli.out, { columns, rows: values, more })
  }
  if (csv) {
    const names = columns.map(({ name }) => name)
    const lines = rows.map((row) => csvLine(names.map((name) => row[name])))
    await printData(cli.out, [csvLine(names), ...lines])
  } else await printData(cli.out, rowLines(columns, rows, cli.out.look))
  if (more) await printLines(cli.err, [moreRows(rows.length)])
}

/** That there are more rows than were printed. */
export function moreRows(printed: number): string {
  return `The first ${counted(printed, "row")}; --limit shows more.`
}

async function firstRows(
  batches: AsyncIterable<readonly ResultRow[]>,
  limit: number,
): Promise<{ readonly rows: readonly ResultRow[]; readonly more: boolean }> {
  const rows: ResultRow[] = []
  for await (const batch of batches) {
    rows.push(...batch)
    if (rows.length > limit) return { rows: rows.slice(0, limit), more: true }
  }
  return { rows, more: false }
}
