import { randomUUID } from "node:crypto"
import { open, rm } from "node:fs/promises"
import { join } from "node:path"

import { quoteName, renderSql } from "@freshet/core/engine"

import { getNumberCell } from "../duckdb/cell.ts"
import type { CsvLayout } from "./csv-header.ts"
import { getCsvSyntax } from "./csv-syntax.ts"
import { buildTextCsvMachine } from "./csv-text-machine.ts"
import { buildTextColumns, buildTypedColumns, type EngineColumns } from "./fast-csv-columns.ts"
import { buildFastCsvMachine, type FastCsvMachine } from "./fast-csv-machine.ts"
import { type FastCsvScan, scanCsvLines } from "./fast-csv-scan.ts"
import { forEachChunk, type Line, pickLines } from "./line-scan.ts"
import { dropRows, type ParsedFile, type ParseRequest, type ParsedTable } from "./parsed-file.ts"

/** Parses a few lines with the strict parser: quarantines bad ones and returns a table of the other ones. */
export type ParseStrictLines = (
  lines: AsyncIterable<readonly Line[]>,
) => Promise<ParsedTable | undefined>

const maxLineBytes = 1_000_000
const maxStrictLines = 10_000

/**
 * Reads a CSV file with the engine's reader if nearly all lines need no strict parsing: with its types if all
 * values are plain, else as texts, which it casts. The strict parser decides about the other lines. Undefined for
 * other files.
 */
export async function readFastCsvFile(
  request: ParseRequest,
  layout: CsvLayout,
  parseStrictLines: ParseStrictLines,
): Promise<ParsedFile | undefined> {
  const { source } = request
  const typedMachine = buildFastCsvMachine(source, layout.positions, layout.width)
  const typedColumns = buildTypedColumns(source, layout)
  const typedFile =
    typedMachine &&
    (await readWithEngine(request, { layout, machine: typedMachine, columns: typedColumns }))
  const textColumns = typedFile === undefined ? buildTextColumns(source, layout) : undefined
  const fastFile =
    typedFile ??
    (textColumns &&
      (await readWithEngine(request, {
        layout,
        machine: buildTextCsvMachine(layout.width, getCsvSyntax(source)),
        columns: textColumns,
      })))
  if (fastFile === undefined) return undefined
  const { table, scan, strictOrdinals } = fastFile
  const { headerRecords } = getCsvSyntax(source)
  const pick = createLinePicker(request.path, scan, headerRecords)
  const strictTable =
    strictOrdinals.length > 0 ? await parseStrictLines(pick(strictOrdinals)) : undefined
  return {
    file: request.file,
    lines: scan.lines - headerRecords,
    tables: strictTable === undefined ? [table] : [table, strictTable],
    pickLines: pick,
  }
}

interface EngineReading {
  readonly layout: CsvLayout
  readonly machine: FastCsvMachine
  readonly columns: EngineColumns
}

interface EngineFile {
  readonly table: ParsedTable
  readonly scan: FastCsvScan
  /** The ordinals of the lines that are not in the table. */
  readonly strictOrdinals: readonly number[]
}

/** Reads the lines that the machine accepts; undefined if the engine rejects one, or too many need strict parsing. */
async function readWithEngine(
  request: ParseRequest,
  { layout, machine, columns }: EngineReading,
): Promise<EngineFile | undefined> {
  const { connection, source, path } = request
  const syntax = getCsvSyntax(source)
  const scan = await scanCsvLines(path, machine, syntax)
  if (scan === undefined || scan.maxLineBytes > maxLineBytes) return undefined
  const name = quoteName(` plain ${request.id}`)
  const placeholder = `${syntax.delimiter.repeat(layout.width - 1)}\n`
  const copy =
    scan.gaps.length === 0 ? undefined : await copyWithPlaceholders(request, scan, placeholder)
  try {
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${name} AS ${columns.buildQuery(copy ?? path)}`,
    )
  } catch {
    return undefined
  } finally {
    if (copy !== undefined) await rm(copy, { force: true })
  }
  const [row] = await connection.rows(`SELECT count(*)::DOUBLE AS rows FROM ${name}`)
  if (getNumberCell(row, "rows") !== scan.lines - syntax.headerRecords) return undefined
  const strictOrdinals = await listStrictOrdinals(request, name, { scan, columns })
  if (strictOrdinals.length > maxStrictLines) return undefined
  const table = { name, ordinal: "rowid", condition: undefined }
  await dropRows(connection, table, strictOrdinals)
  return { table, scan, strictOrdinals }
}

/** Lists the lines that are not plain or break a rule of the source, ascending. */
async function listStrictOrdinals(
  { connection, source, partition }: ParseRequest,
  name: string,
  { scan, columns }: { readonly scan: FastCsvScan; readonly columns: EngineColumns },
): Promise<readonly number[]> {
  const lineOrdinals = scan.gaps.flatMap(({ ordinal }) => (ordinal === undefined ? [] : [ordinal]))
  const rules = source.reject.map(({ when }) => `coalesce((${renderSql(when, partition)}), false)`)
  const tests = [...columns.strictTests, ...rules]
  if (tests.length === 0) return lineOrdinals
  const rows = await connection.rows(
    `SELECT rowid::DOUBLE AS ordinal FROM ${name} WHERE ${tests.join(" OR ")} LIMIT ${2 * maxStrictLines + 1}`,
  )
  const ordinals = new Set([...lineOrdinals, ...rows.map((row) => getNumberCell(row, "ordinal"))])
  return [...ordinals].toSorted((a, b) => a - b)
}

/** Copies the file without blank lines, and with the placeholder for each line that needs the strict parser. */
async function copyWithPlaceholders(
  { path, scratchFolder }: ParseRequest,
  { gaps }: FastCsvScan,
  placeholder: string,
): Promise<string> {
  const copyPath = join(await scratchFolder(), `${randomUUID()}.plain`)
  const copy = await open(copyPath, "w")
  let next = 0
  try {
    await forEachChunk(path, async (chunk, offset) => {
      const parts: Buffer[] = []
      let from = 0
      for (let gap = gaps[next]; gap !== undefined; gap = gaps[(next += 1)]) {
        const start = gap.offset - offset
        if (start >= chunk.length) break
        parts.push(chunk.subarray(from, start))
        if (gap.ordinal !== undefined) parts.push(Buffer.from(placeholder))
        from = start + gap.length
      }
      await copy.writeFile(Buffer.concat([...parts, chunk.subarray(from)]))
    })
  } finally {
    await copy.close()
  }
  return copyPath
}

/** Creates the reader of lines by ordinal; ordinals begin after the header. */
function createLinePicker(
  path: string,
  scan: FastCsvScan,
  headerRecords: number,
): ParsedFile["pickLines"] {
  return async function* pick(ordinals) {
    const lineOrdinals = ordinals.map((ordinal) => ordinal + headerRecords)
    for await (const lines of pickLines(path, scan, lineOrdinals))
      yield lines.map((line) => ({ ...line, ordinal: line.ordinal - headerRecords }))
  }
}
