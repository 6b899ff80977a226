import type { SourceAsset } from "@freshet/core"
import { FreshetError } from "@freshet/core/engine"

import {
  bareReturnMessage,
  type CsvLayout,
  findHeaderFault,
  hasBareReturn,
  listHeaderNames,
  listNames,
} from "./csv-header.ts"
import { createRecord, parseCsvLine } from "./csv-record-parser.ts"
import { getCsvFormat, getCsvSyntax } from "./csv-syntax.ts"
import { readFastCsvFile } from "./fast-csv-file.ts"
import type { Line } from "./line-scan.ts"
import { hidesRowNumbers, type ParsedFile, type ParseRequest } from "./parsed-file.ts"
import { createPause } from "./pause.ts"
import { findByteFault } from "./quarantine.ts"
import { type CsvRecord, readStrictCsvRecords } from "./strict-csv-records.ts"
import { createLineParser, csvNotation, type StrictLine } from "./strict-line.ts"
import { createStrictTable } from "./strict-table.ts"

/**
 * Reads a CSV file. The engine's parallel reader takes a file in which each record is one line of the right width; the
 * strict parser reads any other record by record.
 */
export async function readCsvFile(request: ParseRequest): Promise<ParsedFile> {
  const firstRecord = await readFirstRecord(request)
  if (firstRecord === undefined)
    return { file: request.file, lines: 0, tables: [], pickLines: pickNoLines }
  const layout = findPositions(request.source) ?? findLayout(request, firstRecord)
  const isPlain = isPlainStart(request.source, firstRecord) && !hidesRowNumbers(request.source)
  const fastFile =
    request.parser === "fast" && isPlain
      ? await readFastCsvFile(request, layout, (lines) => parseLines(request, layout, lines))
      : undefined
  return fastFile ?? (await readStrictFile(request, layout))
}

async function* pickNoLines(): AsyncGenerator<never> {}

/** Reads the first record, which is the header unless the file has none. */
async function readFirstRecord({ path, source }: ParseRequest): Promise<CsvRecord | undefined> {
  let firstRecord: CsvRecord | undefined
  await readStrictCsvRecords(path, getCsvSyntax(source), async (records) => {
    firstRecord ??= records[0]
    if (firstRecord !== undefined) throw stopReading
  }).catch((reason: unknown) => {
    if (reason !== stopReading) throw reason
  })
  return firstRecord
}

const stopReading = new Error("the first record is complete")

/** Tests if the engine's reader finds the first row where the strict parser does. */
function isPlainStart(source: SourceAsset, { line, bytes }: CsvRecord): boolean {
  return getCsvSyntax(source).headerRecords === 0 || (line === 1 && !bytes.includes(10))
}

/** Returns the declared positions of a source whose files have no header. */
function findPositions(source: SourceAsset): CsvLayout | undefined {
  const { noHeader } = getCsvFormat(source)
  if (noHeader === undefined) return undefined
  return { width: noHeader.width, positions: new Map(Object.entries(noHeader.positions)) }
}

/** Finds the position of each column of the source in a record. */
function findLayout({ source, file }: ParseRequest, header: CsvRecord): CsvLayout {
  const text = header.bytes.toString("utf8")
  const fields = header.fault === undefined ? listNames(header.fields) : [text]
  const message =
    header.fault !== undefined && hasBareReturn(text)
      ? bareReturnMessage
      : findHeaderFault(source, fields)?.message
  if (message !== undefined) throw new FreshetError("input", `${file} ${message}`)
  const names = listHeaderNames(source)
  const columns = Object.keys(source.columns)
  const positions = columns.map(
    (column, at) => [column, fields.indexOf(names[at] ?? column)] as const,
  )
  return { width: fields.length, positions: new Map(positions) }
}

/** Reads every record with the strict parser. */
async function readStrictFile(request: ParseRequest, layout: CsvLayout): Promise<ParsedFile> {
  const { source, path, file } = request
  const table = createStrictTable(request)
  const parseRecord = createRecordParser(source, layout)
  let records = -getCsvSyntax(source).headerRecords
  await readStrictCsvRecords(path, getCsvSyntax(source), async (batch) => {
    for (const record of batch) {
      if (records >= 0) await table.add({ ...record, ordinal: records }, parseRecord(record))
      records += 1
    }
  })
  const parsedTable = await table.finish()
  return {
    file,
    lines: Math.max(records, 0),
    tables: parsedTable === undefined ? [] : [parsedTable],
    pickLines: (ordinals) => pickRecords(request, ordinals),
  }
}

/** Reads the file again for the records with these ordinals. */
export async function* pickRecords(
  { path, source }: Pick<ParseRequest, "path" | "source">,
  ordinals: readonly number[],
): AsyncGenerator<readonly Line[]> {
  if (ordinals.length === 0) return
  const requestedOrdinals = new Set(ordinals)
  const lines: Line[] = []
  let ordinal = -getCsvSyntax(source).headerRecords
  await readStrictCsvRecords(path, getCsvSyntax(source), async (records) => {
    for (const { line, bytes } of records) {
      if (requestedOrdinals.has(ordinal)) lines.push({ ordinal, line, bytes: Buffer.from(bytes) })
      ordinal += 1
    }
  })
  yield lines
}

/** Parses lines of one record each with the strict parser. */
async function parseLines(
  request: ParseRequest,
  layout: CsvLayout,
  lines: AsyncIterable<readonly Line[]>,
) {
  const syntax = getCsvSyntax(request.source)
  const table = createStrictTable(request)
  const parseRecord = createRecordParser(request.source, layout)
  const pause = createPause()
  for await (const batch of lines)
    for (const line of batch) {
      const record = createRecord()
      const fault = findByteFault(line.bytes)
      const isWhole =
        fault === undefined && parseCsvLine(record, line.bytes.toString("utf8"), syntax) === "whole"
      const { fields } = record
      await table.add(
        line,
        parseRecord({ ...line, fields, fault: fault ?? (isWhole ? undefined : "malformed_csv") }),
      )
      await pause()
    }
  return await table.finish()
}

/** Creates the strict parser of records. */
function createRecordParser(
  source: SourceAsset,
  { width, positions }: CsvLayout,
): (record: CsvRecord) => StrictLine {
  const { nullText } = getCsvSyntax(source)
  const allowsShortRecords = getCsvFormat(source).shortRecords === "empty"
  const parseLine = createLineParser(source, csvNotation)
  return ({ fields, fault }) => {
    const hasValidWidth = fields.length === width || (fields.length < width && allowsShortRecords)
    const reason = fault ?? (hasValidWidth ? undefined : "wrong_width")
    if (reason !== undefined) return { kind: "fault", reason }
    return parseLine((name) => {
      const field = fields[positions.get(name) ?? width]
      return field !== undefined && field === nullText ? undefined : readField(source, name, field)
    })
  }
}

/** Returns the raw value of a field: an empty one is null, except a quoted one in a text column, or any in one that is not nullable. */
function readField(
  { columns }: SourceAsset,
  name: string,
  field: string | undefined,
): string | undefined {
  if (field !== undefined && field !== "") return field
  const column = columns[name]
  if (column?.kind !== "text") return undefined
  return column.nullable ? field : ""
}
