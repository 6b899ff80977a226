import { isUtf8 } from "node:buffer"

import type { CsvSyntax } from "./csv-syntax.ts"
import type { FastCsvMachine } from "./fast-csv-machine.ts"
import { forEachChunk, hasByteOrderMark, isBlank, type LineScan } from "./line-scan.ts"

const newline = 10

/** A line that the engine does not read. */
export interface LineGap {
  readonly offset: number
  /** In bytes, with the newline. */
  readonly length: number
  /** The ordinal of the record, from 0 after the header, if any, for the strict parser; undefined for a blank line. */
  readonly ordinal: number | undefined
}

/** The positions of the lines of a CSV file, and the lines that the engine does not read. */
export interface FastCsvScan extends LineScan {
  readonly gaps: readonly LineGap[]
}

const linesPerCheckpoint = 512
const maxGaps = 10_000

/**
 * Scans every byte of a file; undefined if the fast path cannot read it or there are too many gaps. The header
 * is no gap. A line of spaces and tabs may have the form of a record if the delimiter is one of them.
 */
export async function scanCsvLines(
  path: string,
  machine: FastCsvMachine,
  { delimiter, headerRecords }: Pick<CsvSyntax, "delimiter" | "headerRecords">,
): Promise<FastCsvScan | undefined> {
  const mayBeSpaces = /\s/.test(delimiter)
  const checkpoints: { offset: number; line: number }[] = []
  const gaps: LineGap[] = []
  let lines = 0
  let lineNumber = 0
  let maxLineBytes = 0
  let isSupported = true
  const bytes = await forEachChunk(path, (chunk, offset) => {
    if (!isSupported) return
    const isWellFormed = isUtf8(chunk)
    isSupported = forEachLine(chunk, machine, (start, end, hasForm) => {
      lineNumber += 1
      const isMarked =
        lines === 0 && headerRecords === 0 && hasByteOrderMark(chunk.subarray(start, end))
      const isPlain = hasForm && !isMarked && (isWellFormed || isUtf8(chunk.subarray(start, end)))
      const gap = { offset: offset + start, length: end - start }
      if ((!isPlain || mayBeSpaces) && isBlank(chunk, start, end - 1)) {
        gaps.push({ ...gap, ordinal: undefined })
        return
      }
      if (lines % linesPerCheckpoint === 0)
        checkpoints.push({ offset: gap.offset, line: lineNumber })
      if (!isPlain && lines >= headerRecords) gaps.push({ ...gap, ordinal: lines - headerRecords })
      if (gap.length > maxLineBytes) maxLineBytes = gap.length
      lines += 1
    })
    isSupported &&= gaps.length <= maxGaps
  })
  return isSupported
    ? { bytes, lines, maxLineBytes, checkpoints, strictOrdinals: [], gaps }
    : undefined
}

/** Reports the position of each line and if it has the form of a record; false if the fast path cannot read the file. */
function forEachLine(
  chunk: Buffer,
  { transitions, start, unsupported }: FastCsvMachine,
  visit: (start: number, end: number, hasForm: boolean) => void,
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
