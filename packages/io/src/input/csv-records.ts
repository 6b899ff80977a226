import { newRecord, type OpenRecord, readCsvLine } from "./csv-record.ts"
import { eachChunk, withoutByteOrderMark } from "./line-scan.ts"
import { byteFault } from "./quarantine.ts"

/** A record of a CSV file, or a line that is not one. */
export interface CsvRecord {
  /** Of its first line, from 1. */
  readonly line: number
  readonly bytes: Buffer
  readonly fields: readonly string[]
  readonly fault: "malformed_csv" | "nul_byte" | "invalid_utf8" | undefined
}

/** A quoted value that is longer than this was not meant: its first line is malformed. */
const longestQuotedBytes = 64 << 20

/** Reads a file record by record, a batch at a time. Blank lines between records do not count. */
export async function readCsvRecords(
  path: string,
  use: (records: readonly CsvRecord[]) => Promise<void>,
): Promise<void> {
  const reader = recordReader()
  let number = 0
  await eachChunk(path, async (lent) => {
    const chunk = Buffer.from(lent)
    const records: CsvRecord[] = []
    for (let start = 0; start < chunk.length;) {
      const found = chunk.indexOf(10, start)
      const end = found < 0 ? chunk.length : found
      number += 1
      records.push(...reader.line(number, withoutByteOrderMark(chunk.subarray(start, end), number)))
      start = end + 1
    }
    await use(records)
  })
  await use(reader.end())
}

interface NumberedLine {
  readonly line: number
  readonly bytes: Buffer
}

function recordReader() {
  let record = newRecord()
  let lines: NumberedLine[] = []
  let bytes = 0
  const restart = () => {
    record = newRecord()
    lines = []
    bytes = 0
  }
  /** The first line was no record; the lines after it are read anew. */
  const giveUp = (): CsvRecord[] => {
    const [first, ...rest] = lines
    restart()
    if (first === undefined) return []
    const again = rest.flatMap((each) => line(each.line, each.bytes))
    return [{ ...first, fields: [], fault: "malformed_csv" }, ...again]
  }
  const line = (number: number, text: Buffer): CsvRecord[] => {
    const fault = byteFault(text)
    if (fault !== undefined) return [...giveUp(), { line: number, bytes: text, fields: [], fault }]
    if (lines.length === 0 && isBlankText(text)) return []
    lines.push({ line: number, bytes: text })
    bytes += text.length
    const state = readCsvLine(record, text.toString("utf8"))
    if (state === "malformed" || bytes > longestQuotedBytes) return giveUp()
    if (state === "open") return []
    const whole = wholeRecord(record, lines)
    restart()
    return [whole]
  }
  const end = (): CsvRecord[] => {
    const records: CsvRecord[] = []
    while (lines.length > 0) records.push(...giveUp())
    return records
  }
  return { line, end }
}

function wholeRecord(record: OpenRecord, lines: readonly NumberedLine[]): CsvRecord {
  const [first] = lines
  const bytes =
    lines.length === 1 && first !== undefined
      ? first.bytes
      : Buffer.concat(
          lines.flatMap((each, at) => (at === 0 ? [each.bytes] : [newline, each.bytes])),
        )
  return { line: first?.line ?? 0, bytes, fields: record.fields, fault: undefined }
}

const newline = Buffer.from("\n")

/** Whether there is nothing but spaces, tabs and returns. */
export function isBlankText(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === 13)
}
