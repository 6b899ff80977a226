import { randomUUID } from "node:crypto"
import { createReadStream, createWriteStream } from "node:fs"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"

import type { SourceAsset } from "@freshet/core"
import { quoteName, renderSql } from "@freshet/core/engine"

import { getNumberCell, getTextCell } from "../duckdb/cell.ts"
import { quoteText } from "../duckdb/sql-text.ts"
import { getCsvSyntax } from "./csv-syntax.ts"
import { buildFastCsvMachine } from "./fast-csv-machine.ts"
import { type StrictLine, type FastCsvScan, scanCsvLines } from "./fast-csv-scan.ts"
import { pickLines } from "./line-scan.ts"
import { dropRows, type ParsedFile, type ParseRequest, type ParsedTable } from "./parsed-file.ts"
import { isBlankText } from "./strict-csv-records.ts"

/** Parses a few lines with the strict parser: quarantines bad ones and returns a table of the rest with the lines' ordinals. */
export type ParseStrictLines = (lines: readonly StrictLine[]) => Promise<ParsedTable>

/**
 * Reads a CSV file with the engine's typed reader if nearly all lines need no strict parsing; it is several
 * times as fast as parsing texts. The strict parser decides about the other lines. Undefined for other files.
 */
export async function readFastCsvFile(
  request: ParseRequest,
  positions: ReadonlyMap<string, number>,
  width: number,
  parseStrictLines: ParseStrictLines,
): Promise<ParsedFile | undefined> {
  const machine = buildFastCsvMachine(request.source, positions, width)
  const scan = machine && (await scanCsvLines(request.path, machine))
  if (scan === undefined || scan.maxLineBytes > 1_000_000) return undefined
  const { strictLines } = scan
  if (strictLines.some(({ bytes }) => isBlankText(bytes))) return undefined
  if (strictLines.length > 0 && request.source.duplicate !== undefined) return undefined
  const name = quoteName(` plain ${request.id}`)
  if (!(await createFastTable(request, { name, positions, width, scan }))) return undefined
  const fastTable: ParsedTable = { name, ordinal: "rowid", condition: undefined }
  await quarantineRejected(request, fastTable, scan)
  return {
    file: request.file,
    lines: scan.lines - 1,
    tables:
      strictLines.length === 0 ? [fastTable] : [fastTable, await parseStrictLines(strictLines)],
    pickLines: createLinePicker(request.path, scan),
  }
}

interface FastTable {
  readonly name: string
  readonly positions: ReadonlyMap<string, number>
  readonly width: number
  readonly scan: FastCsvScan
}

/** Creates the table of the accepted lines; false if the engine rejects them, for example for a number out of range. */
async function createFastTable(request: ParseRequest, table: FastTable): Promise<boolean> {
  const { name, positions, width, scan } = table
  const { strictLines } = scan
  const fastOnlyPath =
    strictLines.length === 0 ? undefined : await copyWithoutLines(request, strictLines)
  try {
    await request.connection.run(
      `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT ${buildValues(request.source, positions)}
       FROM ${buildReader(fastOnlyPath ?? request.path, request.source, positions, width)}`,
    )
  } catch {
    return false
  } finally {
    if (fastOnlyPath !== undefined) await rm(fastOnlyPath, { force: true })
  }
  const [row] = await request.connection.rows(`SELECT count(*)::DOUBLE AS rows FROM ${name}`)
  return getNumberCell(row, "rows") === scan.lines - 1 - strictLines.length
}

function buildReader(
  path: string,
  source: SourceAsset,
  positions: ReadonlyMap<string, number>,
  width: number,
): string {
  const types = Array.from({ length: width }, () => "VARCHAR")
  for (const [column, at] of positions) types[at] = source.columns[column]?.type ?? "VARCHAR"
  const columns = types.map((type, at) => `'${at}': '${type}'`)
  const { nullText = "" } = getCsvSyntax(source)
  return `read_csv(${quoteText(path)}, auto_detect = false, header = false, skip = 1,
    ${formatSyntaxOptions(source)}, nullstr = ['', ${quoteText(nullText)}], strict_mode = true,
    compression = 'uncompressed', columns = {${columns.join(", ")}})`
}

/** The options of the engine's reader for the syntax of a source. */
export function formatSyntaxOptions(source: SourceAsset): string {
  const { delimiter, quote } = getCsvSyntax(source)
  return `delim = ${quoteText(delimiter)}, quote = ${quoteText(quote)}, escape = ${quoteText(quote)}`
}

/** Builds the expressions of the columns: an empty value is null, except in a text column that is not nullable. */
function buildValues(source: SourceAsset, positions: ReadonlyMap<string, number>): string {
  const values = Object.entries(source.columns).map(([name, column]) => {
    const read = quoteName(String(positions.get(name)))
    const value =
      column.kind === "text" && !column.nullable
        ? `coalesce(${read}, '')`
        : column.kind === "text"
          ? `nullif(${read}, '')`
          : read
    return `${value} AS ${quoteName(name)}`
  })
  return values.join(", ")
}

/** Copies the file without these lines. */
async function copyWithoutLines(
  { path, scratchFolder }: ParseRequest,
  lines: readonly StrictLine[],
): Promise<string> {
  const copy = join(await scratchFolder(), `${randomUUID()}.plain`)
  const parts = async function* () {
    let from = 0
    for (const { offset, bytes } of lines) {
      if (offset > from) yield* createReadStream(path, { start: from, end: offset - 1 })
      from = offset + bytes.length + 1
    }
    yield* createReadStream(path, { start: from })
  }
  await pipeline(parts, createWriteStream(copy))
  return copy
}

/** Quarantines accepted lines that break a rule of the source. */
async function quarantineRejected(
  request: ParseRequest,
  { name }: ParsedTable,
  scan: FastCsvScan,
): Promise<void> {
  const { connection, source, partition, quarantine, file } = request
  if (source.reject.length === 0) return
  const rules = source.reject.map(({ reason, when }) => ({
    reason: quoteText(reason),
    test: `coalesce((${renderSql(when, partition)}), false)`,
  }))
  const reasons = rules.map(({ reason, test }) => `WHEN ${test} THEN ${reason}`)
  const rejectedRows = await connection.rows(`
    SELECT rowid::DOUBLE AS ordinal, CASE ${reasons.join(" ")} END AS reason FROM ${name}
    WHERE ${rules.map(({ test }) => test).join(" OR ")} ORDER BY rowid`)
  if (rejectedRows.length === 0) return
  const reasonByOrdinal = new Map(
    rejectedRows.map((row) => [getNumberCell(row, "ordinal"), getTextCell(row, "reason")]),
  )
  for await (const lines of createLinePicker(request.path, scan)([...reasonByOrdinal.keys()]))
    for (const { ordinal, line, bytes } of lines)
      await quarantine.add({ file, line }, reasonByOrdinal.get(ordinal) ?? "", bytes)
  await dropRows(connection, { name, ordinal: "rowid", condition: undefined }, [
    ...reasonByOrdinal.keys(),
  ])
}

/** Creates the reader of lines by ordinal; ordinals of the table skip the header and the lines for the strict parser. */
function createLinePicker(path: string, scan: FastCsvScan): ParsedFile["pickLines"] {
  const strictOrdinals = scan.strictLines.map(({ ordinal }) => ordinal)
  const toFileOrdinal = (ordinal: number): number => {
    let at = ordinal + 1
    for (const strictOrdinal of strictOrdinals) if (strictOrdinal <= at) at += 1
    return at
  }
  return async function* pick(ordinals) {
    const places = new Map(ordinals.map((ordinal) => [toFileOrdinal(ordinal), ordinal]))
    for await (const lines of pickLines(path, scan, [...places.keys()]))
      yield lines.map((line) => ({ ...line, ordinal: places.get(line.ordinal) ?? line.ordinal }))
  }
}
