import type { FastCsvMachine } from "./fast-csv-machine.ts"
import { forEachChunk, type LineScan } from "./line-scan.ts"

const newline = 10

/** A line of a file that has no blank lines. */
export interface StrictLine {
  /** From 0, the header included. */
  readonly ordinal: number
  readonly offset: number
  readonly bytes: Buffer
}

/** The positions of the lines of a CSV file, and the lines that need the strict parser. */
export interface FastCsvScan extends LineScan {
  readonly strictLines: readonly StrictLine[]
}

const linesPerCheckpoint = 512
const maxStrictLines = 10_000

/**
 * Scans every byte of a file; undefined if the fast path cannot read it or too many lines need the strict
 * parser. The header is not scanned.
 */
export async function scanCsvLines(
  path: string,
  machine: FastCsvMachine,
): Promise<FastCsvScan | undefined> {
  const checkpoints: { offset: number; line: number }[] = []
  const strictLines: StrictLine[] = []
  let lines = 0
  let maxLineBytes = 0
  let isSupported = true
  const bytes = await forEachChunk(path, (chunk, offset) => {
    if (!isSupported) return
    isSupported = forEachLine(chunk, machine, (start, end, isFast) => {
      if (lines % linesPerCheckpoint === 0)
        checkpoints.push({ offset: offset + start, line: lines + 1 })
      if (!isFast && lines > 0) {
        const line = Buffer.from(chunk.subarray(start, end - 1))
        strictLines.push({ ordinal: lines, offset: offset + start, bytes: line })
      }
      if (end - start > maxLineBytes) maxLineBytes = end - start
      lines += 1
    })
    isSupported &&= strictLines.length <= maxStrictLines
  })
  return isSupported
    ? { bytes, lines, maxLineBytes, checkpoints, strictOrdinals: [], strictLines }
    : undefined
}

/** Reports the position of each line and if it needs the strict parser; false if the fast path cannot read the file. */
function forEachLine(
  chunk: Buffer,
  { transitions, start, unsupported }: FastCsvMachine,
  visit: (start: number, end: number, isFast: boolean) => void,
): boolean {
  let state = start
  let lineStart = 0
  for (let at = 0; at < chunk.length; at += 1) {
    const byte = chunk[at] ?? 0
    state = transitions[(state << 8) | byte] ?? unsupported
    if (byte !== newline) continue
    if (state === unsupported) return false
    visit(lineStart, at + 1, state === start)
    state = start
    lineStart = at + 1
  }
  return state !== unsupported
}
