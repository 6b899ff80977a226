import { type CsvFormat, FreshetError, quoteName, type SourceAsset } from "@freshet/core"

import { numberCell, textCell } from "../duckdb/cell.ts"
import { textLiteral } from "../duckdb/literal.ts"
import { newRecord, readCsvLine } from "./csv-record.ts"
import { type CsvRecord, readCsvRecords } from "./csv-records.ts"
import { csvDialect } from "./csv-value.ts"
import { exactJudgement, rawColumn } from "./judgement.ts"
import { eachChunk, type LineScan, pickLines, scanLines } from "./line-scan.ts"
import type { Part, PartRequest, PartTable } from "./part.ts"
import { readPlainCsv } from "./plain-csv-part.ts"
import type { DoubtfulLine } from "./plain-csv-scan.ts"
import { byteFault } from "./quarantine.ts"
import { appendTexts } from "./text-table.ts"

/** The raw values of a file in a table, and where its records lie. */
interface RawRecords {
  /** A query with " ordinal" and the raw columns; its rows are the records that could be read. */
  readonly query: string
  readonly readable: number
  readonly records: number
  readonly pick: Part["pick"]
}

/**
 * Reads a CSV file with a header. The engine's parallel reader takes a file in which each record is
 * one line of the right width; any other is read record by record.
 */
export async function readCsvPart(request: PartRequest): Promise<Part> {
  const header = await readHeader(request.path)
  if (header === undefined) return { file: request.file, lines: 0, tables: [], pick: none }
  const positions = findColumns(request, header.fields)
  const plain =
    request.judge === "exact" || header.line !== 1 || header.fault !== undefined
      ? undefined
      : await readPlainCsv(request, positions, header.fields.length, (lines) =>
          judgeLines(request, header, positions, lines),
        )
  if (plain !== undefined) return plain
  const raws =
    (await readQuickly(request, header, positions)) ??
    (await readRecords(request, header, positions))
  const table = await judgeRecords(request, raws)
  return { file: request.file, lines: raws.records, tables: [table], pick: raws.pick }
}

async function judgeRecords(request: PartRequest, raws: RawRecords): Promise<PartTable> {
  const name = quoteName(` landed ${request.id}`)
  const judged = exactJudgement(request.source, csvDialect, raws.query, {
    partition: request.partition,
    unreadable: [],
  })
  await request.connection.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${judged}`)
  const refused = await quarantineRefused(request, name, raws)
  return { name, ordinal: "ordinal", where: refused === 0 ? undefined : "reason IS NULL" }
}

/** Judges single lines, each of them a record, as the exact way does. */
function judgeLines(
  request: PartRequest,
  header: CsvRecord,
  positions: ReadonlyMap<string, number>,
  lines: readonly DoubtfulLine[],
): Promise<PartTable> {
  const records = lines.map(({ ordinal, bytes }) => recordOfLine(ordinal + 1, bytes))
  const each: EachRecord = (use) => use([header, ...records])
  return loadRecords(request, header, positions, each).then((raws) => judgeRecords(request, raws))
}

function recordOfLine(line: number, bytes: Buffer): CsvRecord {
  const record = newRecord()
  const fault = byteFault(bytes)
  const state = fault === undefined ? readCsvLine(record, bytes.toString("utf8")) : "malformed"
  const malformed = state === "whole" ? undefined : "malformed_csv"
  return { line, bytes, fields: record.fields, fault: fault ?? malformed }
}

async function* none(): AsyncGenerator<never> {}

async function readHeader(path: string): Promise<CsvRecord | undefined> {
  let header: CsvRecord | undefined
  await readCsvRecords(path, async (records) => {
    header ??= records[0]
    if (header !== undefined) throw stop
  }).catch((reason: unknown) => {
    if (reason !== stop) throw reason
  })
  return header
}

const stop = new Error("the header is known")

/** How the source's files are written, as far as that was declared. */
function formatOf({ format }: SourceAsset): CsvFormat {
  return format.kind === "csv" ? format : { kind: "csv" }
}

/** Where each column of the source stands in a record. */
function findColumns(request: PartRequest, header: readonly string[]): ReadonlyMap<string, number> {
  const called = formatOf(request.source).header
  const columns = Object.keys(request.source.columns)
  const nameOf = (column: string) => called?.[column] ?? column
  const names = columns.map(nameOf)
  const missing = names.filter((name) => !header.includes(name))
  const twice = names.filter((name) => header.indexOf(name) !== header.lastIndexOf(name))
  const wrong = missing.length > 0 ? missing : twice
  if (wrong.length > 0) {
    const what = missing.length > 0 ? "has no column" : "has more than once the column"
    const few = header.slice(0, 50).join(", ").slice(0, 1000)
    throw new FreshetError(
      "input",
      `${request.file} ${what} ${wrong.join(", ")}; its header says: ${few}`,
    )
  }
  return new Map(columns.map((column) => [column, header.indexOf(nameOf(column))]))
}

/** The values of a record as the judgement wants them: an empty one is null, except where it is text that may not be null. */
function rawValues(source: SourceAsset, value: (name: string) => string): string {
  const raws = Object.entries(source.columns).map(([name, column]) => {
    const emptyCounts = column.kind === "text" && !column.nullable
    const raw = emptyCounts ? `coalesce(${value(name)}, '')` : `nullif(${value(name)}, '')`
    return `${raw} AS ${rawColumn(name)}`
  })
  return raws.join(", ")
}

async function readQuickly(
  request: PartRequest,
  header: CsvRecord,
  positions: ReadonlyMap<string, number>,
): Promise<RawRecords | undefined> {
  if (request.judge === "exact" || header.line !== 1 || header.fault !== undefined) return undefined
  const scan = await scanLines(request.path)
  if (scan.longest > 1_000_000 || (await isUnusual(request.path, header.fields.length)))
    return undefined
  const name = quoteName(` raw ${request.id}`)
  const columns = header.fields.map((_, at) => `'${at}': 'VARCHAR'`).join(", ")
  const values = rawValues(request.source, (column) => quoteName(String(positions.get(column))))
  const reader = `read_csv(${textLiteral(request.path)}, auto_detect = false, header = false, skip = 1,
    delim = ',', quote = '"', escape = '"', strict_mode = true, compression = 'uncompressed', columns = {${columns}})`
  try {
    await request.connection.run(
      `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT ${values} FROM ${reader}`,
    )
  } catch {
    return undefined
  }
  const [counted] = await request.connection.rows(`SELECT count(*)::INTEGER AS rows FROM ${name}`)
  const records = scan.lines - 1
  if (numberCell(counted, "rows") !== records) return undefined
  const query = `SELECT rowid AS " ordinal", * FROM ${name}`
  return { query, readable: records, records, pick: pickAfterHeader(request.path, scan) }
}

/** Ordinals of records begin after the header's line. */
function pickAfterHeader(path: string, scan: LineScan): Part["pick"] {
  return async function* pick(ordinals) {
    const shifted = ordinals.map((ordinal) => ordinal + 1)
    for await (const lines of pickLines(path, scan, shifted))
      yield lines.map((line) => ({ ...line, ordinal: line.ordinal - 1 }))
  }
}

/** The engine's reader lets NUL bytes, spaces before and after a quoted value, and an empty value too many at the end of a line pass. */
async function isUnusual(path: string, width: number): Promise<boolean> {
  let found = false
  await eachChunk(path, (chunk) => {
    found ||=
      chunk.includes(0) ||
      chunk.includes('" ') ||
      hasSpacedQuote(chunk) ||
      hasWideLine(chunk, width)
  })
  return found
}

/** Whether nothing but spaces stands between the begin of a value and a quote. */
function hasSpacedQuote(chunk: Buffer): boolean {
  for (let at = chunk.indexOf(' "'); at >= 0; at = chunk.indexOf(' "', at + 1)) {
    let before = at
    while (chunk[before] === space) before -= 1
    if (before < 0 || chunk[before] === comma || chunk[before] === newline) return true
  }
  return false
}

/** Whether a line that ends with an empty value has more or fewer than `width` of them. */
function hasWideLine(chunk: Buffer, width: number): boolean {
  for (let end = 0; end < chunk.length; end += 1) {
    const start = end
    end = chunk.indexOf(newline, start)
    const last = chunk[end - 1] === carriageReturn ? end - 2 : end - 1
    if (last < start || chunk[last] !== comma) continue
    const record = newRecord()
    const state = readCsvLine(record, chunk.toString("utf8", start, end))
    if (state !== "whole" || record.fields.length !== width) return true
  }
  return false
}

const [newline, carriageReturn, space, comma] = [10, 13, 32, 44]

/** The exact way: every record from the bytes, with its text kept beside it. */
function readRecords(
  request: PartRequest,
  header: CsvRecord,
  positions: ReadonlyMap<string, number>,
): Promise<RawRecords> {
  return loadRecords(request, header, positions, (use) => readCsvRecords(request.path, use))
}

/** Gives records a batch at a time, the header first. */
type EachRecord = (use: (records: readonly CsvRecord[]) => Promise<void>) => Promise<void>

async function loadRecords(
  request: PartRequest,
  header: CsvRecord,
  positions: ReadonlyMap<string, number>,
  each: EachRecord,
): Promise<RawRecords> {
  const { connection, source, quarantine, file } = request
  const fewerMayBe = formatOf(source).shortRecords === "empty"
  const name = ` raw ${request.id}`
  const columns = Object.keys(source.columns).map((_, at) => `"${at}" VARCHAR`)
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${quoteName(name)} (" line" BIGINT, " text" VARCHAR, ${columns.join(", ")})`,
  )
  let records = -1 // the header is none
  let readable = 0
  await each(async (batch) => {
    const rows: [number, ...string[]][] = []
    for (const record of batch) {
      records += 1
      if (records === 0) continue
      const missing = header.fields.length - record.fields.length
      const fits = missing === 0 || (missing > 0 && fewerMayBe)
      const fault = record.fault ?? (fits ? undefined : "wrong_width")
      if (fault !== undefined)
        await quarantine.add({ file, line: record.line }, fault, record.bytes)
      else rows.push([record.line, record.bytes.toString("utf8"), ...inOrder(record, positions)])
    }
    readable += rows.length
    await appendTexts(connection, name, rows)
  })
  const at = [...positions.keys()]
  const values = rawValues(source, (column) => quoteName(String(at.indexOf(column))))
  const query = `SELECT rowid AS " ordinal", ${values} FROM ${quoteName(name)}`
  return { query, readable, records: Math.max(0, records), pick: pickFromTable(request, name) }
}

function inOrder(record: CsvRecord, positions: ReadonlyMap<string, number>): readonly string[] {
  return [...positions.values()].map((position) => record.fields[position] ?? "")
}

function pickFromTable({ connection }: PartRequest, name: string): Part["pick"] {
  return async function* pick(ordinals) {
    if (ordinals.length === 0) return
    const rows = await connection.rows(
      `SELECT rowid::DOUBLE AS ordinal, " line"::DOUBLE AS line, " text" AS text
       FROM ${quoteName(name)} WHERE rowid IN (${ordinals.join(", ")}) ORDER BY rowid`,
    )
    yield rows.map((row) => ({
      ordinal: numberCell(row, "ordinal"),
      line: numberCell(row, "line"),
      bytes: Buffer.from(textCell(row, "text")),
    }))
  }
}

async function quarantineRefused(
  { connection, quarantine, file }: PartRequest,
  table: string,
  raws: RawRecords,
): Promise<number> {
  const refused = await connection.rows(
    `SELECT ordinal::DOUBLE AS ordinal, reason FROM ${table} WHERE reason IS NOT NULL ORDER BY ordinal`,
  )
  const reasons = new Map(
    refused.map((row) => [numberCell(row, "ordinal"), textCell(row, "reason")]),
  )
  for await (const lines of raws.pick([...reasons.keys()]))
    for (const { ordinal, line, bytes } of lines)
      await quarantine.add({ file, line }, reasons.get(ordinal) ?? "", bytes)
  return refused.length
}
