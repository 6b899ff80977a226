import { createRecord, type OpenRecord, parseCsvLine } from "./csv-record-parser.ts"
import type { CsvSyntax } from "./csv-syntax.ts"
import { forEachChunk, stripByteOrderMark } from "./line-scan.ts"
import { findByteFault } from "./quarantine.ts"

/** A record of a CSV file, or a line that is not one. */
export interface CsvRecord {
  /** The number of its first line, from 1. */
  readonly line: number
  readonly bytes: Buffer
  readonly fields: readonly string[]
  readonly fault: "malformed_csv" | "nul_byte" | "invalid_utf8" | undefined
}

/** The maximum length of a quoted value: the first line of a longer one is malformed. */
const maxQuotedBytes = 64 << 20

/** Yields the records of a file in batches. Blank lines between records are ignored. */
export async function readStrictCsvRecords(
  path: string,
  syntax: CsvSyntax,
  consume: (records: readonly CsvRecord[]) => Promise<void>,
): Promise<void> {
  const reader = createRecordReader(syntax)
  let lineNumber = 0
  await forEachChunk(path, async (buffer) => {
    const chunk = Buffer.from(buffer)
    const records: CsvRecord[] = []
    for (let start = 0; start < chunk.length;) {
      const newlineAt = chunk.indexOf(10, start)
      const end = newlineAt < 0 ? chunk.length : newlineAt
      lineNumber += 1
      records.push(
        ...reader.line(lineNumber, stripByteOrderMark(chunk.subarray(start, end), lineNumber)),
      )
      start = end + 1
    }
    await consume(records)
  })
  await consume(reader.end())
}

interface NumberedLine {
  readonly line: number
  readonly bytes: Buffer
}

function createRecordReader(syntax: CsvSyntax) {
  let record = createRecord()
  let lines: NumberedLine[] = []
  let bytes = 0
  const restart = () => {
    record = createRecord()
    lines = []
    bytes = 0
  }
  /** The first line was not a record; the lines after it are parsed again. */
  const rejectFirstLine = (): CsvRecord[] => {
    const [first, ...laterLines] = lines
    restart()
    if (first === undefined) return []
    const laterRecords = laterLines.flatMap((laterLine) => line(laterLine.line, laterLine.bytes))
    return [{ ...first, fields: [], fault: "malformed_csv" }, ...laterRecords]
  }
  const line = (number: number, text: Buffer): CsvRecord[] => {
    const fault = findByteFault(text)
    if (fault !== undefined)
      return [...rejectFirstLine(), { line: number, bytes: text, fields: [], fault }]
    if (lines.length === 0 && isBlankText(text)) return []
    lines.push({ line: number, bytes: text })
    bytes += text.length
    const state = parseCsvLine(record, text.toString("utf8"), syntax)
    if (state === "malformed" || bytes > maxQuotedBytes) return rejectFirstLine()
    if (state === "open") return []
    const completeRecord = toCompleteRecord(record, lines)
    restart()
    return [completeRecord]
  }
  const end = (): CsvRecord[] => {
    const records: CsvRecord[] = []
    while (lines.length > 0) records.push(...rejectFirstLine())
    return records
  }
  return { line, end }
}

function toCompleteRecord(record: OpenRecord, lines: readonly NumberedLine[]): CsvRecord {
  const [first] = lines
  const bytes =
    lines.length === 1 && first !== undefined
      ? first.bytes
      : Buffer.concat(
          lines.flatMap((line, at) => (at === 0 ? [line.bytes] : [newline, line.bytes])),
        )
  return { line: first?.line ?? 0, bytes, fields: record.fields, fault: undefined }
}

const newline = Buffer.from("\n")

/** Tests if bytes are only spaces, tabs and returns. */
export function isBlankText(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === 13)
}
