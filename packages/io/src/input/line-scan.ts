import { isUtf8 } from "node:buffer"
import { type FileHandle, open } from "node:fs/promises"

import { linesPerBlock, type FastLineMatcher } from "./fast-json-line.ts"
import { createPause } from "./pause.ts"

/** The positions of the lines of a file, without their content. A blank line has only spaces, tabs and returns. */
export interface LineScan {
  readonly bytes: number
  /** The number of lines that are not blank; the n-th has ordinal n - 1. */
  readonly lines: number
  /** The length of the longest line. */
  readonly maxLineBytes: number
  /** Positions for finding a line: one for every `linesPerMark` lines that are not blank. */
  readonly checkpoints: readonly LineCheckpoint[]
  /** Ordinals of lines that the fast path does not accept, and of the lines after them: a truncated line damages the next one in the engine's reader. */
  readonly strictOrdinals: readonly number[]
}

interface LineCheckpoint {
  readonly offset: number
  /** The number of the line at the offset, from 1, blank lines included. */
  readonly line: number
}

/** A line that is not blank. */
export interface Line {
  readonly ordinal: number
  /** From 1, blank lines included. */
  readonly line: number
  readonly bytes: Buffer
}

const linesPerCheckpoint = 512
const chunkBytes = 1 << 20
const textBytes = 1 << 16
const newline = 10
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/** Scans the lines of a file: their number, positions, and the lines that the fast path does not accept. */
export async function scanLines(
  path: string,
  fastLineMatcher?: FastLineMatcher,
): Promise<LineScan> {
  const checkpoints: LineCheckpoint[] = []
  const strictOrdinals: number[] = []
  let lines = 0
  let maxLineBytes = 0
  let lineNumber = 0
  let isPreviousFast = true
  const pause = createPause()
  const bytes = await forEachChunk(path, async (chunk, offset) => {
    const fastEnds = fastLineMatcher && createFastEndFinder(chunk, fastLineMatcher)
    let start = 0
    while (start < chunk.length) {
      const blockEnd =
        isPreviousFast && lines % linesPerBlock === 0 ? fastEnds?.block(start) : undefined
      const fastEnd = blockEnd ?? fastEnds?.line(start)
      const end = fastEnd ?? chunk.indexOf(newline, start) + 1
      if (fastEnd !== undefined || !isBlank(chunk, start, end - 1)) {
        if (lines % linesPerCheckpoint === 0)
          checkpoints.push({ offset: offset + start, line: lineNumber + 1 })
        if (fastEnds !== undefined) {
          if (fastEnd === undefined || !isPreviousFast) strictOrdinals.push(lines)
          isPreviousFast = fastEnd !== undefined
        }
        lines += blockEnd === undefined ? 1 : linesPerBlock
        if (end - start > maxLineBytes) maxLineBytes = end - start
      }
      lineNumber += blockEnd === undefined ? 1 : linesPerBlock
      start = end
      if (blockEnd !== undefined) continue
      const pausing = pause()
      if (pausing !== undefined) await pausing
    }
  })
  return { bytes, lines, maxLineBytes, checkpoints, strictOrdinals }
}

/**
 * Returns the end of the accepted line, or block of lines, that starts there in the chunk; positions must
 * ascend. The text is decoded in pieces that fit the young generation. A line longer than a piece goes to the
 * strict parser, because patterns have limited room.
 */
function createFastEndFinder(chunk: Buffer, { findLineEnd, findBlockEnd }: FastLineMatcher) {
  let from = 0
  let to = 0
  let text = ""
  let isWellFormed = true
  const find = (findEnd: typeof findLineEnd, start: number): number | undefined => {
    if (start >= to) {
      from = start
      to = chunk.lastIndexOf(newline, start + textBytes) + 1
      text = to > start ? chunk.toString("latin1", from, to) : ""
      isWellFormed = isUtf8(chunk.subarray(from, to))
    }
    const textEnd = findEnd(text, start - from)
    if (textEnd === undefined) return undefined
    const end = from + textEnd
    return isWellFormed || isUtf8(chunk.subarray(start, end)) ? end : undefined
  }
  return {
    line: (start: number) => find(findLineEnd, start),
    block: (start: number) => find(findBlockEnd, start),
  }
}

/** Yields the lines with these ascending ordinals, or all lines, in batches. */
export async function* pickLines(
  path: string,
  scan: LineScan,
  ordinals: readonly number[] | "all",
): AsyncGenerator<readonly Line[]> {
  if (ordinals === "all") {
    for (const [index, checkpoint] of scan.checkpoints.entries())
      yield await readBlock(path, scan, index, checkpoint)
    return
  }
  let next = 0
  while (next < ordinals.length) {
    const index = Math.floor((ordinals[next] ?? 0) / linesPerCheckpoint)
    const checkpoint = scan.checkpoints[index]
    if (checkpoint === undefined) return
    const blockOrdinals = new Set<number>()
    for (; Math.floor((ordinals[next] ?? Infinity) / linesPerCheckpoint) === index; next += 1)
      blockOrdinals.add(ordinals[next] ?? 0)
    yield (await readBlock(path, scan, index, checkpoint)).filter((line) =>
      blockOrdinals.has(line.ordinal),
    )
  }
}

/** Reads the lines from one recorded position to the next. */
async function readBlock(
  path: string,
  scan: LineScan,
  index: number,
  checkpoint: LineCheckpoint,
): Promise<readonly Line[]> {
  const length = (scan.checkpoints[index + 1]?.offset ?? scan.bytes) - checkpoint.offset
  const handle = await open(path, "r")
  try {
    const buffer = Buffer.allocUnsafe(length)
    const filled = await fillBuffer(handle, buffer, 0, checkpoint.offset)
    return splitLines(buffer.subarray(0, filled), checkpoint, index * linesPerCheckpoint)
  } finally {
    await handle.close()
  }
}

function splitLines(
  buffer: Buffer,
  checkpoint: LineCheckpoint,
  firstOrdinal: number,
): readonly Line[] {
  const lines: Line[] = []
  let line = checkpoint.line
  for (let start = 0; start < buffer.length; line += 1) {
    const newlineAt = buffer.indexOf(newline, start)
    const end = newlineAt < 0 ? buffer.length : newlineAt
    if (!isBlank(buffer, start, end)) {
      const bytes = stripByteOrderMark(buffer.subarray(start, end), line)
      lines.push({ ordinal: firstOrdinal + lines.length, line, bytes })
    }
    start = end + 1
  }
  return lines
}

/** Returns the bytes of a line without a byte order mark. */
export function stripByteOrderMark(bytes: Buffer, line: number): Buffer {
  return line === 1 && hasByteOrderMark(bytes) ? bytes.subarray(3) : bytes
}

/** Tests if bytes are only spaces, tabs and returns. */
export function isBlank(chunk: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = chunk[at]
    if (byte !== 32 && byte !== 9 && byte !== 13) return false
  }
  return true
}

/**
 * Calls `use` with whole lines, each ended by a newline even if the file has none; a longer line makes the
 * chunk longer. The chunk is valid only during the call. Returns the length of the file.
 */
export async function forEachChunk(
  path: string,
  consume: (chunk: Buffer, offset: number) => void | Promise<void>,
): Promise<number> {
  const handle = await open(path, "r")
  try {
    let buffer = Buffer.allocUnsafe(chunkBytes)
    let offset = 0 // of the buffer's first byte in the file
    let carriedBytes = 0
    for (;;) {
      const filled = await fillBuffer(handle, buffer, carriedBytes, offset + carriedBytes)
      if (filled < buffer.length) {
        if (filled > 0 && buffer[filled - 1] !== newline) buffer[filled] = newline
        const end = buffer[filled - 1] === newline ? filled : filled + 1
        if (filled > 0) await consume(buffer.subarray(0, end), offset)
        return offset + filled
      }
      const end = buffer.lastIndexOf(newline) + 1
      if (end > 0) await consume(buffer.subarray(0, end), offset)
      const larger = end > 0 ? buffer : Buffer.allocUnsafe(buffer.length * 2)
      buffer.copy(larger, 0, end)
      carriedBytes = buffer.length - end
      offset += end
      buffer = larger
    }
  } finally {
    await handle.close()
  }
}

async function fillBuffer(
  handle: FileHandle,
  buffer: Buffer,
  at: number,
  position: number,
): Promise<number> {
  let filled = at
  while (filled < buffer.length) {
    const length = buffer.length - filled
    const { bytesRead } = await handle.read(buffer, filled, length, position + filled - at)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}

/** Tests if bytes begin with a byte order mark. */
export function hasByteOrderMark(bytes: Buffer): boolean {
  return bytes.subarray(0, 3).equals(byteOrderMark)
}
