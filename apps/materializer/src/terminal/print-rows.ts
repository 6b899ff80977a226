import { formatQuantity } from "@freshet/core/engine"
import type { QueryRows } from "@freshet/io"
import type { ResultRow } from "@freshet/services"

import { formatCsvRecord, toJsonRow, formatRows } from "../render/result-rows.ts"
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
  const { rows, more: hasMore } = await readFirstRows(batches, limit)
  if (json) {
    const values = rows.map((row) => toJsonRow(columns, row))
    return printJson(cli.out, { columns, rows: values, more: hasMore })
  }
  if (csv) {
    const names = columns.map(({ name }) => name)
    const lines = rows.map((row) => formatCsvRecord(names.map((name) => row[name])))
    await printData(cli.out, [formatCsvRecord(names), ...lines])
  } else await printData(cli.out, formatRows(columns, rows, cli.out.style))
  if (hasMore) await printLines(cli.err, [formatMoreRows(rows.length)])
}

/** That there are more rows than were printed. */
export function formatMoreRows(printed: number): string {
  return `The first ${formatQuantity(printed, "row")}; --limit shows more.`
}

async function readFirstRows(
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
