import {
  createRecord,
  type OpenRecord,
  parseCsvLine,
  type RecordState,
} from "./csv-record-parser.ts"
import type { CsvSyntax } from "./csv-syntax.ts"
import { forEachChunk, isBlank, stripByteOrderMark } from "./line-scan.ts"
import { createPause } from "./pause.ts"
import { findByteFault } from "./quarantine.ts"

/** A record of a CSV file, or a line that is not one. */
export interface CsvRecord {
  /** The number of its first line, from 1. */
  readonly line: number
  readonly bytes: Buffer
  /** The values; undefined is an empty value without quotes. */
  readonly fields: readonly (string | undefined)[]
  readonly fault: "malformed_csv" | "nul_byte" | "invalid_utf8" | undefined
}

/** The maximum size of a record of several lines: the first line of a larger one is malformed. */
const maxRecordBytes = 64 << 20
const maxRecordLines = 1_000_000
const batchRecords = 500
const batchLines = 1000

/** Yields the records of a file in batches, the header, if any, first. Blank lines between records are ignored, unless they are the null values of a file of one column. */
export async function readStrictCsvRecords(
  path: string,
  syntax: CsvSyntax,
  consume: (records: readonly CsvRecord[]) => Promise<void>,
): Promise<void> {
  const reader = createRecordReader(syntax)
  const pause = createPause()
  let lineNumber = 0
  const consumeRecords = async (isEnd: boolean) => {
    let batch: CsvRecord[] = []
    for (const record of reader.readRecords(isEnd)) {
      batch.push(record)
      if (batch.length < batchRecords) continue
      await consume(batch)
      await pause()
      batch = []
    }
    if (batch.length > 0) await consume(batch)
    await pause()
  }
  await forEachChunk(path, async (buffer) => {
    const chunk = Buffer.from(buffer)
    for (let start = 0; start < chunk.length;) {
      const newlineAt = chunk.indexOf(10, start)
      const end = newlineAt < 0 ? chunk.length : newlineAt
      lineNumber += 1
      reader.addLine(lineNumber, stripByteOrderMark(chunk.subarray(start, end), lineNumber))
      start = end + 1
      if (lineNumber % batchLines === 0) await consumeRecords(false)
    }
    await consumeRecords(false)
  })
  await consumeRecords(true)
}

/** A line that is not yet part of a record. */
interface PendingLine {
  readonly line: number
  readonly bytes: Buffer
  /** The number of bytes of all lines up to this one. */
  readonly end: number
  readonly fault: CsvRecord["fault"]
}

/**
 * Creates the reader of records from lines. A record that is open at the end of a line ends at the first line
 * after it that does not leave a quoted value open. If that line is malformed, or there is none, the record's
 * first line is malformed and the next line starts a record. All open records before that line share it, so that
 * each line is read twice at most.
 */
function createRecordReader(syntax: CsvSyntax) {
  let pending: PendingLine[] = []
  let first = 0
  let openUntil = 0 // the lines between `first` and this one leave a quoted value open
  let closing: RecordState = "open" // the state after the line at `openUntil`
  let bytes = 0
  let parsedLine: FirstLine | undefined
  let isInRows = syntax.headerRecords === 0
  let hasNullLines = isInRows && syntax.nullLines // a blank line is a record
  const findClosingLine = (): PendingLine | undefined => {
    if (openUntil <= first) {
      openUntil = first + 1
      closing = "open"
    }
    for (; closing === "open"; openUntil += 1) {
      const line = pending[openUntil]
      if (line === undefined) return undefined
      closing = readClosingState(line, syntax)
      if (closing !== "open") return line
    }
    return pending[openUntil]
  }
  const readRecords = function* (isEnd: boolean): Generator<CsvRecord> {
    for (let line = pending[first]; line !== undefined; line = pending[first]) {
      if (!hasNullLines && isBlank(line.bytes, 0, line.bytes.length)) {
        first += 1
        continue
      }
      if (parsedLine?.line !== line) parsedLine = parseFirstLine(line, syntax)
      const { record, state } = parsedLine
      const closingLine = state === "open" ? findClosingLine() : line
      const length = (closingLine?.end ?? bytes) - line.end + line.bytes.length
      const isTooLong =
        state === "open" && (length > maxRecordBytes || openUntil - first > maxRecordLines)
      if (closingLine === undefined && !isEnd && !isTooLong) break
      const isWhole = state === "whole" || (state === "open" && closing === "whole" && !isTooLong)
      const last = isWhole && state === "open" ? openUntil : first
      yield isWhole
        ? toCompleteRecord(record, pending.slice(first, last + 1), syntax)
        : toMalformedRecord(line)
      hasNullLines ||= !isInRows && syntax.nullLines && record.fields.length === 1
      isInRows = true
      first = last + 1
    }
    if (first < pending.length / 2) return
    pending = pending.slice(first)
    openUntil -= first
    first = 0
  }
  const addLine = (line: number, lineBytes: Buffer) => {
    bytes += lineBytes.length + 1
    pending.push({ line, bytes: lineBytes, end: bytes - 1, fault: findByteFault(lineBytes) })
  }
  return { addLine, readRecords }
}

/** The first line of a record, parsed. */
interface FirstLine {
  readonly line: PendingLine
  readonly record: OpenRecord
  readonly state: RecordState
}

function parseFirstLine(line: PendingLine, syntax: CsvSyntax): FirstLine {
  const record = createRecord()
  return { line, record, state: readState(record, line, syntax) }
}

function readState(record: OpenRecord, { bytes, fault }: PendingLine, syntax: CsvSyntax) {
  return fault === undefined ? parseCsvLine(record, bytes.toString("utf8"), syntax) : "malformed"
}

/** Reads the state of a record after a line that starts inside of a quoted value. */
function readClosingState(line: PendingLine, syntax: CsvSyntax): RecordState {
  return readState({ fields: [], quoted: "" }, line, syntax)
}

function toMalformedRecord({ line, bytes, fault = "malformed_csv" }: PendingLine): CsvRecord {
  return { line, bytes, fields: [], fault }
}

/** Completes a record whose first line was parsed. */
function toCompleteRecord(
  record: OpenRecord,
  [first, ...laterLines]: readonly PendingLine[],
  syntax: CsvSyntax,
): CsvRecord {
  for (const { bytes } of laterLines) parseCsvLine(record, bytes.toString("utf8"), syntax)
  const bytes = first?.bytes ?? newline
  return {
    line: first?.line ?? 0,
    bytes:
      laterLines.length === 0
        ? bytes
        : Buffer.concat([bytes, ...laterLines.flatMap((later) => [newline, later.bytes])]),
    fields: record.fields,
    fault: undefined,
  }
}

const newline = Buffer.from("\n")
