import { quoteName, renderSql } from "@freshet/core/engine"

import { getNumberCell, getTextCell } from "../duckdb/cell.ts"
import { quoteText } from "../duckdb/sql-text.ts"
import { createFastLineMatcher } from "./fast-json-line.ts"
import { getJsonKey, hasDistinctKeys } from "./json-keys.ts"
import { type Line, type LineScan, pickLines, scanLines } from "./line-scan.ts"
import { dropRows, type ParsedFile, type ParseRequest, type ParsedTable } from "./parsed-file.ts"
import { findByteFault } from "./quarantine.ts"
import { buildStrictJsonQuery } from "./strict-json-query.ts"
import { appendTextRows } from "./text-table.ts"

const batchBytes = 8 << 20

/**
 * Reads a file of JSON lines. The engine's typed reader reads all lines at once. Meanwhile a scan over the
 * bytes finds the lines that the fast path does not accept, and the strict parser decides about each of them.
 * If the engine did not return one row a line, or the fast path accepts too few lines, the strict parser
 * decides about all.
 */
export async function readJsonFile(request: ParseRequest): Promise<ParsedFile> {
  const fastTable = {
    name: quoteName(` landed ${request.id}`),
    ordinal: "rowid",
    condition: undefined,
  }
  const { scan, strictOrdinals } = await parseFast(request, fastTable)
  const strictTable =
    strictOrdinals.length > 0 ? await parseStrict(request, scan, strictOrdinals) : undefined
  const tables = [strictOrdinals === "all" ? undefined : fastTable, strictTable].filter(
    (t) => t !== undefined,
  )
  return {
    file: request.file,
    lines: scan.lines,
    tables,
    pickLines: (ordinals) => pickLines(request.path, scan, ordinals),
  }
}

interface FastParse {
  readonly scan: LineScan
  readonly strictOrdinals: readonly number[] | "all"
}

/** Scans and parses concurrently. A file with very long lines is parsed again with a larger limit. */
async function parseFast(request: ParseRequest, table: ParsedTable): Promise<FastParse> {
  const { source, path, parser } = request
  const hasStruct = Object.values(source.columns).some(({ kind }) => kind === "struct")
  if (parser === "strict" || hasStruct || !hasDistinctKeys(source))
    return { scan: await scanLines(path), strictOrdinals: "all" }
  const [scan, parsedRows] = await Promise.all([
    scanLines(path, createFastLineMatcher(source)),
    createFastTable(request, table.name, 0),
  ])
  const isMostlyFast =
    scan.strictOrdinals.length <= 1000 || scan.strictOrdinals.length * 4 <= scan.lines
  const hasTooLongLine = parsedRows === undefined && scan.maxLineBytes >= defaultLineBytes
  const rows =
    isMostlyFast && hasTooLongLine
      ? await createFastTable(request, table.name, scan.maxLineBytes)
      : parsedRows
  if (!isMostlyFast || rows !== scan.lines) return { scan, strictOrdinals: "all" }
  return { scan, strictOrdinals: await dropStrictRows(request, table, scan) }
}

const defaultLineBytes = 16_000_000 // the engine reader's default limit for a line

/** Creates the table and returns its number of rows; undefined if the reader stops at a line, which it may do although it ignores errors. */
async function createFastTable(
  { connection, source, path }: ParseRequest,
  table: string,
  maxLineBytes: number,
): Promise<number | undefined> {
  const columns = Object.entries(source.columns).map(
    ([name, { type }]) => `${quoteText(getJsonKey(source, name))}: ${quoteText(type)}`,
  )
  const names = Object.keys(source.columns).map(
    (name) => `${quoteName(getJsonKey(source, name))} AS ${quoteName(name)}`,
  )
  const sizeOption = maxLineBytes === 0 ? "" : `maximum_object_size = ${maxLineBytes + 1024},`
  try {
    const [row] = await connection.rows(`
      CREATE OR REPLACE TEMP TABLE ${table} AS
      SELECT ${names.join(", ")}
      FROM read_json(${quoteText(path)}, format = 'newline_delimited', ${sizeOption}
        compression = 'uncompressed', ignore_errors = true, columns = {${columns.join(", ")}})`)
    return Number(row?.["Count"])
  } catch (cause) {
    if (cause instanceof Error && cause.message.startsWith("Invalid Input Error")) return undefined
    throw cause
  }
}

/** Removes lines from the table that the fast path does not accept or that break a rule. */
async function dropStrictRows(
  { connection, source, partition }: ParseRequest,
  table: ParsedTable,
  scan: LineScan,
): Promise<readonly number[]> {
  const ordinals = new Set(scan.strictOrdinals)
  if (source.reject.length > 0) {
    const rules = source.reject.map(({ when }) => `(${renderSql(when, partition)})`).join(" OR ")
    const rejectedRows = await connection.rows(
      `SELECT rowid::DOUBLE AS ordinal FROM ${table.name} WHERE ${rules}`,
    )
    for (const row of rejectedRows) ordinals.add(getNumberCell(row, "ordinal"))
  }
  const strictOrdinals = [...ordinals].toSorted((a, b) => a - b)
  await dropRows(connection, table, strictOrdinals)
  return strictOrdinals
}

/** Parses these lines into a table with the strict parser, and quarantines the malformed ones. */
async function parseStrict(
  request: ParseRequest,
  scan: LineScan,
  ordinals: readonly number[] | "all",
): Promise<ParsedTable | undefined> {
  const name = quoteName(` parsed ${request.id}`)
  let hasTable = false
  let batch: Line[] = []
  let bytes = 0
  const parseNext = async () => {
    hasTable = (await parseBatch(request, { name, hasTable }, batch)) || hasTable
    batch = []
    bytes = 0
  }
  for await (const lines of pickLines(request.path, scan, ordinals)) {
    for (const line of lines) {
      batch.push(line)
      bytes += line.bytes.length
    }
    if (bytes >= batchBytes) await parseNext()
  }
  if (batch.length > 0) await parseNext()
  return hasTable ? { name, ordinal: "ordinal", condition: "reason IS NULL" } : undefined
}

/** Tests if any of the lines reached the table: lines that are not JSON do not. */
async function parseBatch(
  { connection, source, partition, quarantine, file }: ParseRequest,
  target: { readonly name: string; readonly hasTable: boolean },
  lines: readonly Line[],
): Promise<boolean> {
  const faults = new Map<number, string>()
  const texts: [number, string][] = []
  for (const { ordinal, bytes } of lines) {
    const fault = findByteFault(bytes) ?? findJsonFault(bytes)
    if (fault === undefined) texts.push([ordinal, bytes.toString("utf8")])
    else faults.set(ordinal, fault)
  }
  const [first] = texts
  if (first !== undefined) {
    await connection.run(`CREATE OR REPLACE TEMP TABLE " texts" (ordinal BIGINT, text VARCHAR)`)
    await appendTextRows(connection, " texts", texts)
    const insertion = target.hasTable
      ? `INSERT INTO ${target.name}`
      : `CREATE OR REPLACE TEMP TABLE ${target.name} AS`
    const rejectedRows = await connection.rows(`
      ${insertion} ${buildStrictJsonQuery(source, '" texts"', partition)};
      SELECT ordinal::DOUBLE AS ordinal, reason FROM ${target.name}
      WHERE reason IS NOT NULL AND ordinal >= ${first[0]}`)
    for (const row of rejectedRows)
      faults.set(getNumberCell(row, "ordinal"), getTextCell(row, "reason"))
  }
  for (const { ordinal, line, bytes } of lines) {
    const reason = faults.get(ordinal)
    if (reason !== undefined) await quarantine.add({ file, line }, reason, bytes)
  }
  return first !== undefined
}

/** Finds malformed JSON. The engine's reader accepts a comma before a closing bracket, and bare NaN and Infinity. */
function findJsonFault(bytes: Buffer): "malformed_json" | undefined {
  try {
    JSON.parse(bytes.toString("utf8"))
    return undefined
  } catch {
    return "malformed_json"
  }
}
