import type { SourceAsset } from "@freshet/core"
import { FreshetError, quoteName } from "@freshet/core/engine"

import { getNumberCell, getTextCell } from "../duckdb/cell.ts"
import { quoteText } from "../duckdb/sql-text.ts"
import { csvDialect } from "./csv-dialect.ts"
import { findHeaderFault, listHeaderNames } from "./csv-header.ts"
import { createRecord, parseCsvLine } from "./csv-record-parser.ts"
import { type CsvSyntax, getCsvFormat, getCsvSyntax } from "./csv-syntax.ts"
import { formatSyntaxOptions, readFastCsvFile } from "./fast-csv-file.ts"
import type { StrictLine } from "./fast-csv-scan.ts"
import { forEachChunk, type LineScan, pickLines, scanLines } from "./line-scan.ts"
import type { ParsedFile, ParseRequest, ParsedTable } from "./parsed-file.ts"
import { findByteFault } from "./quarantine.ts"
import { type CsvRecord, readStrictCsvRecords } from "./strict-csv-records.ts"
import { buildStrictQuery, quoteRawColumn } from "./strict-query.ts"
import { appendTextRows } from "./text-table.ts"

/** The table of a file's raw values, and the positions of its records. */
interface RawRecords {
  /** A query with " ordinal" and the raw columns; its rows are the readable records. */
  readonly query: string
  readonly readableCount: number
  readonly recordCount: number
  readonly pickLines: ParsedFile["pickLines"]
}

/**
 * Reads a CSV file with a header. The engine's parallel reader takes a file in which each record is
 * one line of the right width; any other is read record by record.
 */
export async function readCsvFile(request: ParseRequest): Promise<ParsedFile> {
  const header = await readHeader(request)
  if (header === undefined)
    return { file: request.file, lines: 0, tables: [], pickLines: pickNoLines }
  const positions = findColumns(request, header.fields)
  const fastFile =
    request.parser === "strict" || header.line !== 1 || header.fault !== undefined
      ? undefined
      : await readFastCsvFile(request, positions, header.fields.length, (lines) =>
          parseLines(request, header, positions, lines),
        )
  if (fastFile !== undefined) return fastFile
  const rawRecords =
    (await readWithEngine(request, header, positions)) ??
    (await readStrictRecords(request, header, positions))
  const table = await parseRecords(request, rawRecords)
  return {
    file: request.file,
    lines: rawRecords.recordCount,
    tables: [table],
    pickLines: rawRecords.pickLines,
  }
}

async function parseRecords(request: ParseRequest, rawRecords: RawRecords): Promise<ParsedTable> {
  const name = quoteName(` landed ${request.id}`)
  const strictQuery = buildStrictQuery(request.source, csvDialect, rawRecords.query, {
    partition: request.partition,
    unreadable: [],
  })
  await request.connection.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${strictQuery}`)
  const rejectedCount = await quarantineRejected(request, name, rawRecords)
  return { name, ordinal: "ordinal", condition: rejectedCount === 0 ? undefined : "reason IS NULL" }
}

/** Parses lines of one record each with the strict parser. */
function parseLines(
  request: ParseRequest,
  header: CsvRecord,
  positions: ReadonlyMap<string, number>,
  lines: readonly StrictLine[],
): Promise<ParsedTable> {
  const records = lines.map(({ ordinal, bytes }) =>
    toRecord(ordinal + 1, bytes, getCsvSyntax(request.source)),
  )
  const forEachBatch: ForEachBatch = (use) => use([header, ...records])
  return loadRecords(request, header, positions, forEachBatch).then((rawRecords) =>
    parseRecords(request, rawRecords),
  )
}

function toRecord(line: number, bytes: Buffer, syntax: CsvSyntax): CsvRecord {
  const record = createRecord()
  const fault = findByteFault(bytes)
  const state =
    fault === undefined ? parseCsvLine(record, bytes.toString("utf8"), syntax) : "malformed"
  const malformed = state === "whole" ? undefined : "malformed_csv"
  return { line, bytes, fields: record.fields, fault: fault ?? malformed }
}

async function* pickNoLines(): AsyncGenerator<never> {}

async function readHeader({ path, source }: ParseRequest): Promise<CsvRecord | undefined> {
  let header: CsvRecord | undefined
  await readStrictCsvRecords(path, getCsvSyntax(source), async (records) => {
    header ??= records[0]
    if (header !== undefined) throw stopReading
  }).catch((reason: unknown) => {
    if (reason !== stopReading) throw reason
  })
  return header
}

const stopReading = new Error("the header is known")

/** Finds the position of each column of the source in a record. */
function findColumns(
  request: ParseRequest,
  header: readonly string[],
): ReadonlyMap<string, number> {
  const fault = findHeaderFault(request.source, header)
  if (fault !== undefined) throw new FreshetError("input", `${request.file} ${fault.message}`)
  const names = listHeaderNames(request.source)
  const columns = Object.keys(request.source.columns)
  return new Map(columns.map((column, at) => [column, header.indexOf(names[at] ?? column)]))
}

/**
 * Builds the raw values of a record for the strict parser: an empty value is null, except in a text column
 * that is not nullable.
 */
function buildRawValues(source: SourceAsset, value: (name: string) => string): string {
  const { nullText } = getCsvSyntax(source)
  const raws = Object.entries(source.columns).map(([name, column]) => {
    const emptyCounts = column.kind === "text" && !column.nullable
    const filled = emptyCounts ? `coalesce(${value(name)}, '')` : `nullif(${value(name)}, '')`
    const raw = nullText === undefined ? filled : `nullif(${filled}, ${quoteText(nullText)})`
    return `${raw} AS ${quoteRawColumn(name)}`
  })
  return raws.join(", ")
}

async function readWithEngine(
  request: ParseRequest,
  header: CsvRecord,
  positions: ReadonlyMap<string, number>,
): Promise<RawRecords | undefined> {
  if (request.parser === "strict" || header.line !== 1 || header.fault !== undefined)
    return undefined
  const scan = await scanLines(request.path)
  if (scan.maxLineBytes > 1_000_000 || (await hasUnusualText(request, header.fields.length)))
    return undefined
  const name = quoteName(` raw ${request.id}`)
  const columns = header.fields.map((_, at) => `'${at}': 'VARCHAR'`).join(", ")
  const values = buildRawValues(request.source, (column) =>
    quoteName(String(positions.get(column))),
  )
  const reader = `read_csv(${quoteText(request.path)}, auto_detect = false, header = false, skip = 1,
    ${formatSyntaxOptions(request.source)}, strict_mode = true, compression = 'uncompressed', columns = {${columns}})`
  try {
    await request.connection.run(
      `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT ${values} FROM ${reader}`,
    )
  } catch {
    return undefined
  }
  const [row] = await request.connection.rows(`SELECT count(*)::INTEGER AS rows FROM ${name}`)
  const records = scan.lines - 1
  if (getNumberCell(row, "rows") !== records) return undefined
  const query = `SELECT rowid AS " ordinal", * FROM ${name}`
  return {
    query,
    readableCount: records,
    recordCount: records,
    pickLines: createLinePicker(request.path, scan),
  }
}

/** Creates the reader of lines by ordinal; ordinals begin after the header. */
function createLinePicker(path: string, scan: LineScan): ParsedFile["pickLines"] {
  return async function* pick(ordinals) {
    const shifted = ordinals.map((ordinal) => ordinal + 1)
    for await (const lines of pickLines(path, scan, shifted))
      yield lines.map((line) => ({ ...line, ordinal: line.ordinal - 1 }))
  }
}

/** Tests for text that the engine's reader accepts by mistake: NUL bytes, spaces around a quoted value, or a surplus empty value at the end of a line. */
async function hasUnusualText({ path, source }: ParseRequest, width: number): Promise<boolean> {
  const syntax = getCsvSyntax(source)
  let isFound = false
  await forEachChunk(path, (chunk) => {
    isFound ||=
      chunk.includes(0) ||
      chunk.includes(`${syntax.quote} `) ||
      hasSpacedQuote(chunk, syntax) ||
      hasWideLine(chunk, width, syntax)
  })
  return isFound
}

/** Tests if only spaces lie between the start of a value and a quote. */
function hasSpacedQuote(chunk: Buffer, { quote, delimiter }: CsvSyntax): boolean {
  const spacedQuote = ` ${quote}`
  for (let at = chunk.indexOf(spacedQuote); at >= 0; at = chunk.indexOf(spacedQuote, at + 1)) {
    let position = at
    while (chunk[position] === space) position -= 1
    if (position < 0 || chunk[position] === delimiter.charCodeAt(0) || chunk[position] === newline)
      return true
  }
  return false
}

/** Tests if a line that ends with an empty value does not have `width` values. */
function hasWideLine(chunk: Buffer, width: number, syntax: CsvSyntax): boolean {
  const delimiter = syntax.delimiter.charCodeAt(0)
  for (let end = 0; end < chunk.length; end += 1) {
    const start = end
    end = chunk.indexOf(newline, start)
    const last = chunk[end - 1] === carriageReturn ? end - 2 : end - 1
    if (last < start || chunk[last] !== delimiter) continue
    const record = createRecord()
    const state = parseCsvLine(record, chunk.toString("utf8", start, end), syntax)
    if (state !== "whole" || record.fields.length !== width) return true
  }
  return false
}

const [newline, carriageReturn, space] = [10, 13, 32]

/** Reads every record with the strict parser, together with its text. */
function readStrictRecords(
  request: ParseRequest,
  header: CsvRecord,
  positions: ReadonlyMap<string, number>,
): Promise<RawRecords> {
  return loadRecords(request, header, positions, (use) =>
    readStrictCsvRecords(request.path, getCsvSyntax(request.source), use),
  )
}

/** Yields records in batches, the header first. */
type ForEachBatch = (use: (records: readonly CsvRecord[]) => Promise<void>) => Promise<void>

async function loadRecords(
  request: ParseRequest,
  header: CsvRecord,
  positions: ReadonlyMap<string, number>,
  forEachBatch: ForEachBatch,
): Promise<RawRecords> {
  const { connection, source, quarantine, file } = request
  const allowsShortRecords = getCsvFormat(source).shortRecords === "empty"
  const name = ` raw ${request.id}`
  const columns = Object.keys(source.columns).map((_, at) => `"${at}" VARCHAR`)
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${quoteName(name)} (" line" BIGINT, " text" VARCHAR, ${columns.join(", ")})`,
  )
  let recordCount = -1 // the header is not a record
  let readableCount = 0
  await forEachBatch(async (batch) => {
    const rows: [number, ...string[]][] = []
    for (const record of batch) {
      recordCount += 1
      if (recordCount === 0) continue
      const missing = header.fields.length - record.fields.length
      const hasValidWidth = missing === 0 || (missing > 0 && allowsShortRecords)
      const fault = record.fault ?? (hasValidWidth ? undefined : "wrong_width")
      if (fault !== undefined)
        await quarantine.add({ file, line: record.line }, fault, record.bytes)
      else rows.push([record.line, record.bytes.toString("utf8"), ...listFields(record, positions)])
    }
    readableCount += rows.length
    await appendTextRows(connection, name, rows)
  })
  const columnNames = [...positions.keys()]
  const values = buildRawValues(source, (column) => quoteName(String(columnNames.indexOf(column))))
  const query = `SELECT rowid AS " ordinal", ${values} FROM ${quoteName(name)}`
  return {
    query,
    readableCount,
    recordCount: Math.max(0, recordCount),
    pickLines: createTablePicker(request, name),
  }
}

function listFields(record: CsvRecord, positions: ReadonlyMap<string, number>): readonly string[] {
  return [...positions.values()].map((position) => record.fields[position] ?? "")
}

function createTablePicker({ connection }: ParseRequest, name: string): ParsedFile["pickLines"] {
  return async function* pick(ordinals) {
    if (ordinals.length === 0) return
    const rows = await connection.rows(
      `SELECT rowid::DOUBLE AS ordinal, " line"::DOUBLE AS line, " text" AS text
       FROM ${quoteName(name)} WHERE rowid IN (${ordinals.join(", ")}) ORDER BY rowid`,
    )
    yield rows.map((row) => ({
      ordinal: getNumberCell(row, "ordinal"),
      line: getNumberCell(row, "line"),
      bytes: Buffer.from(getTextCell(row, "text")),
    }))
  }
}

async function quarantineRejected(
  { connection, quarantine, file }: ParseRequest,
  table: string,
  rawRecords: RawRecords,
): Promise<number> {
  const rejectedRows = await connection.rows(
    `SELECT ordinal::DOUBLE AS ordinal, reason FROM ${table} WHERE reason IS NOT NULL ORDER BY ordinal`,
  )
  const reasons = new Map(
    rejectedRows.map((row) => [getNumberCell(row, "ordinal"), getTextCell(row, "reason")]),
  )
  for await (const lines of rawRecords.pickLines([...reasons.keys()]))
    for (const { ordinal, line, bytes } of lines)
      await quarantine.add({ file, line }, reasons.get(ordinal) ?? "", bytes)
  return rejectedRows.length
}
