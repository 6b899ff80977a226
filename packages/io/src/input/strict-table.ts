import type { Column, SourceAsset } from "@freshet/core"
import { type PartitionText, quoteName, renderSql } from "@freshet/core/engine"

import { getNumberCell, getTextCell } from "../duckdb/cell.ts"
import { quoteText } from "../duckdb/sql-text.ts"
import type { Line } from "./line-scan.ts"
import type { ParsedTable, ParseRequest } from "./parsed-file.ts"
import { createPause } from "./pause.ts"
import type { StrictLine } from "./strict-line.ts"
import { appendTextRows } from "./text-table.ts"

/** A table under construction, of lines that the strict parser read. */
export interface StrictTable {
  /** Adds a line, or quarantines it if it is malformed or breaks a rule of the source. Ordinals ascend. */
  readonly add: (line: Line, parsed: StrictLine) => Promise<void>
  /** Completes the table; undefined without lines that have values. */
  readonly finish: () => Promise<ParsedTable | undefined>
}

const batchBytes = 2 << 20
const batchLines = 5000

/** Creates the strict parser's table of a file, with the columns of the source, " ordinal" and " reason". */
export function createStrictTable(request: ParseRequest): StrictTable {
  const name = quoteName(` parsed ${request.id}`)
  let hasTable = false
  let batch: ParsedLine[] = []
  let bytes = 0
  const flush = async () => {
    hasTable = (await insertLines(request, { name, hasTable }, batch)) || hasTable
    batch = []
    bytes = 0
  }
  return {
    add: async (line, parsed) => {
      batch.push({ line, parsed })
      bytes += line.bytes.length
      if (bytes >= batchBytes || batch.length >= batchLines) await flush()
    },
    finish: async () => {
      await flush()
      return hasTable ? { name, ordinal: '" ordinal"', condition: '" reason" IS NULL' } : undefined
    },
  }
}

interface ParsedLine {
  readonly line: Line
  readonly parsed: StrictLine
}

/** Tests if any of the lines reached the table: malformed lines do not. */
async function insertLines(
  request: ParseRequest,
  target: { readonly name: string; readonly hasTable: boolean },
  lines: readonly ParsedLine[],
): Promise<boolean> {
  const { connection, source, partition, quarantine, file } = request
  const reasons = new Map<number, string>()
  const rows: [number, ...(string | null)[]][] = []
  for (const { line, parsed } of lines)
    if (parsed.kind === "fault") reasons.set(line.ordinal, parsed.reason)
    else rows.push([line.ordinal, parsed.reason, ...parsed.texts])
  const [first] = rows
  if (first !== undefined) {
    const columns = Object.keys(source.columns).map((_, at) => `"${at}" VARCHAR`)
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE " texts" (" ordinal" BIGINT, " reason" VARCHAR, ${columns.join(", ")})`,
    )
    await appendTextRows(connection, " texts", rows)
    const insertion = target.hasTable
      ? `INSERT INTO ${target.name}`
      : `CREATE OR REPLACE TEMP TABLE ${target.name} AS`
    const rejectedRows = await connection.rows(`
      ${insertion} ${buildStrictQuery(source, '" texts"', partition)};
      SELECT " ordinal"::DOUBLE AS ordinal, " reason" AS reason FROM ${target.name}
      WHERE " reason" IS NOT NULL AND " ordinal" >= ${first[0]}`)
    for (const row of rejectedRows)
      reasons.set(getNumberCell(row, "ordinal"), getTextCell(row, "reason"))
  }
  const pause = createPause()
  for (const { line } of lines) {
    const reason = reasons.get(line.ordinal)
    if (reason === undefined) continue
    await quarantine.add({ file, line: line.line }, reason, line.bytes)
    await pause()
  }
  return first !== undefined
}

/** Builds the query that casts texts and applies the rules of the source. Rules see integers of any size. */
function buildStrictQuery(
  { columns, reject }: SourceAsset,
  table: string,
  partition: PartitionText,
): string {
  const entries = Object.entries(columns)
  const wideValues = entries.map(
    ([name, column], at) => `${buildWideCast(column, `"${at}"`)} AS ${quoteName(name)}`,
  )
  const values = entries.map(([name, column]) =>
    isInteger(column)
      ? `TRY_CAST(${quoteName(name)} AS ${column.type}) AS ${quoteName(name)}`
      : quoteName(name),
  )
  const rules = reject.map(
    ({ reason, when }) =>
      `WHEN coalesce((${renderSql(when, partition)}), false) THEN ${quoteText(reason)}`,
  )
  const reason = rules.length === 0 ? '" reason"' : `CASE ${rules.join(" ")} ELSE " reason" END`
  return `
    SELECT " ordinal", ${values.join(", ")}, ${reason} AS " reason"
    FROM (SELECT " ordinal", " reason", ${wideValues.join(", ")} FROM ${table})`
}

function buildWideCast(column: Column, text: string): string {
  if (isInteger(column)) return `CAST(${text} AS HUGEINT)`
  const isNested = column.kind === "list" || column.kind === "struct"
  return `CAST(${isNested ? `CAST(${text} AS JSON)` : text} AS ${column.type})`
}

function isInteger({ kind }: Column): boolean {
  return kind === "int16" || kind === "int32" || kind === "int64"
}
