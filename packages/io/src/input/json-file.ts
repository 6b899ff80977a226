import type { SourceAsset } from "@freshet/core"
import { quoteName, renderSql } from "@freshet/core/engine"

import { getNumberCell } from "../duckdb/cell.ts"
import { quoteText } from "../duckdb/sql-text.ts"
import { createFastLineMatcher } from "./fast-json-line.ts"
import { getFastReadType } from "./fast-json-value.ts"
import { getJsonKey, getJsonPath, hasDistinctKeys, readAtPath } from "./json-keys.ts"
import { isJson, readMembers } from "./json-tokens.ts"
import { type LineScan, pickLines, scanLines } from "./line-scan.ts"
import {
  dropRows,
  hidesRowNumbers,
  type ParsedFile,
  type ParseRequest,
  type ParsedTable,
} from "./parsed-file.ts"
import { createPause } from "./pause.ts"
import { findByteFault } from "./quarantine.ts"
import { createLineParser, jsonNotation, type StrictLine } from "./strict-line.ts"
import { createStrictTable } from "./strict-table.ts"

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
  const isReadable = !hasStruct && hasDistinctKeys(source) && !hidesRowNumbers(source)
  if (parser === "strict" || !isReadable)
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
    ([name, column]) =>
      `${quoteText(getJsonKey(source, name))}: ${quoteText(getFastReadType(column))}`,
  )
  const names = Object.entries(source.columns).map(([name, column]) => {
    const value = quoteName(getJsonKey(source, name))
    return `${getFastReadType(column) === column.type ? value : `TRY_CAST(${value} AS ${column.type})`} AS ${quoteName(name)}`
  })
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
  const table = createStrictTable(request)
  const parseLine = createStrictJsonParser(request.source)
  const pause = createPause()
  for await (const lines of pickLines(request.path, scan, ordinals))
    for (const line of lines) {
      await table.add(line, parseLine(line.bytes))
      await pause()
    }
  return await table.finish()
}

/** Creates the strict parser of a line's bytes. */
function createStrictJsonParser(source: SourceAsset): (bytes: Buffer) => StrictLine {
  const parseLine = createLineParser(source, jsonNotation)
  const paths = new Map(
    Object.keys(source.columns).map((column) => [column, getJsonPath(source, column)]),
  )
  return (bytes) => {
    const fault = findByteFault(bytes)
    if (fault !== undefined) return { kind: "fault", reason: fault }
    const text = bytes.toString("utf8")
    const members = isJson(text) && /^\s*{/.test(text) ? readMembers(text) : undefined
    if (members === undefined) return { kind: "fault", reason: "malformed_json" }
    return parseLine((column) => readAtPath(members, paths.get(column) ?? [column]))
  }
}
