import { isUtf8 } from "node:buffer"
import { type FileHandle, open } from "node:fs/promises"

import { plainBlock, type PlainLines } from "./plain-line.ts"

/** How the lines of a file lie, without a look into them. A blank line has nothing but spaces, tabs and returns. */
export interface LineScan {
  readonly bytes: number
  /** Lines that are not blank; the n-th of them has ordinal n - 1. */
  readonly lines: number
  /** No line is longer. */
  readonly longest: number
  /** Where to start looking for a line: one mark for every `linesPerMark` lines that are not blank. */
  readonly marks: readonly Mark[]
  /** Ordinals of the lines that are not plain, and of those right after one: a line that is cut off makes the engine's reader run into the next and spoil it. */
  readonly doubtful: readonly number[]
}

interface Mark {
  readonly offset: number
  /** Number of the line at the offset, from 1, blank lines counted. */
  readonly line: number
}

/** A line that is not blank. */
export interface Line {
  readonly ordinal: number
  /** From 1, blank lines counted. */
  readonly line: number
  readonly bytes: Buffer
}

const linesPerMark = 512
const chunkBytes = 1 << 20
const pieceBytes = 1 << 16
const newline = 10
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/** Counts and marks the lines of a file, and notes those that are not plain. */
export async function scanLines(path: string, plainLines?: PlainLines): Promise<LineScan> {
  const marks: Mark[] = []
  const doubtful: number[] = []
  let lines = 0
  let longest = 0
  let number = 0
  let sound = true
  const bytes = await eachChunk(path, (chunk, offset) => {
    const plainIn = plainLines && plainEnds(chunk, plainLines)
    let start = 0
    while (start < chunk.length) {
      const block = sound && lines % plainBlock === 0 ? plainIn?.block(start) : undefined
      const plain = block ?? plainIn?.line(start)
      const end = plain ?? chunk.indexOf(newline, start) + 1
      if (plain !== undefined || !isBlank(chunk, start, end - 1)) {
        if (lines % linesPerMark === 0) marks.push({ offset: offset + start, line: number + 1 })
        if (plainIn !== undefined) {
          if (plain === undefined || !sound) doubtful.push(lines)
          sound = plain !== undefined
        }
        lines += block === undefined ? 1 : plainBlock
        if (end - start > longest) longest = end - start
      }
      number += block === undefined ? 1 : plainBlock
      start = end
    }
  })
  return { bytes, lines, longest, marks, doubtful }
}

/**
 * Where the plain line, or the block of them, that starts there in the chunk is over; asked in ascending order.
 * The text is made in pieces that the young generation holds. A line longer than a piece is doubtful: patterns
 * have only so much room.
 */
function plainEnds(chunk: Buffer, { lineEnd, blockEnd }: PlainLines) {
  let from = 0
  let to = 0
  let text = ""
  let wellFormed = true
  const find = (findEnd: typeof lineEnd, start: number): number | undefined => {
    if (start >= to) {
      from = start
      to = chunk.lastIndexOf(newline, start + pieceBytes) + 1
      text = to > start ? chunk.toString("latin1", from, to) : ""
      wellFormed = isUtf8(chunk.subarray(from, to))
    }
    const found = findEnd(text, start - from)
    if (found === undefined) return undefined
    const end = from + found
    return wellFormed || isUtf8(chunk.subarray(start, end)) ? end : undefined
  }
  return {
    line: (start: number) => find(lineEnd, start),
    block: (start: number) => find(blockEnd, start),
  }
}

/** The lines with these ordinals (ascending), or all of them, a batch at a time. */
export async function* pickLines(
  path: string,
  scan: LineScan,
  ordinals: readonly number[] | "all",
): AsyncGenerator<readonly Line[]> {
  if (ordinals === "all") {
    for (const [index, mark] of scan.marks.entries()) yield await block(path, scan, index, mark)
    return
  }
  let next = 0
  while (next < ordinals.length) {
    const index = Math.floor((ordinals[next] ?? 0) / linesPerMark)
    const mark = scan.marks[index]
    if (mark === undefined) return
    const wanted = new Set<number>()
    for (; Math.floor((ordinals[next] ?? Infinity) / linesPerMark) === index; next += 1)
      wanted.add(ordinals[next] ?? 0)
    yield (await block(path, scan, index, mark)).filter((line) => wanted.has(line.ordinal))
  }
}

/** The lines from one mark to the next. */
async function block(
  path: string,
  scan: LineScan,
  index: number,
  mark: Mark,
): Promise<readonly Line[]> {
  const length = (scan.marks[index + 1]?.offset ?? scan.bytes) - mark.offset
  const handle = await open(path, "r")
  try {
    const buffer = Buffer.allocUnsafe(length)
    const filled = await fill(handle, buffer, 0, mark.offset)
    return cut(buffer.subarray(0, filled), mark, index * linesPerMark)
  } finally {
    await handle.close()
  }
}

function cut(buffer: Buffer, mark: Mark, firstOrdinal: number): readonly Line[] {
  const lines: Line[] = []
  let line = mark.line
  for (let start = 0; start < buffer.length; line += 1) {
    const found = buffer.indexOf(newline, start)
    const end = found < 0 ? buffer.length : found
    if (!isBlank(buffer, start, end)) {
      const bytes = withoutByteOrderMark(buffer.subarray(start, end), line)
      lines.push({ ordinal: firstOrdinal + lines.length, line, bytes })
    }
    start = end + 1
  }
  return lines
}

/** The bytes of a line, without the mark that a file of UTF-8 may begin with. */
export function withoutByteOrderMark(bytes: Buffer, line: number): Buffer {
  const marked = line === 1 && bytes.subarray(0, 3).equals(byteOrderMark)
  return marked ? bytes.subarray(3) : bytes
}

function isBlank(chunk: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = chunk[at]
    if (byte !== 32 && byte !== 9 && byte !== 13) return false
  }
  return true
}

/** Calls `use` with whole lines only, each ended by a newline even where the file has none; a line longer than a chunk makes the chunk longer. The chunk is lent. Gives the length of the file. */
export async function eachChunk(
  path: string,
  use: (chunk: Buffer, offset: number) => void | Promise<void>,
): Promise<number> {
  const handle = await open(path, "r")
  try {
    let buffer = Buffer.allocUnsafe(chunkBytes)
    let offset = 0 // of the buffer's first byte in the file
    let kept = 0
    for (;;) {
      const filled = await fill(handle, buffer, kept, offset + kept)
      if (filled < buffer.length) {
        if (filled > 0 && buffer[filled - 1] !== newline) buffer[filled] = newline
        const end = buffer[filled - 1] === newline ? filled : filled + 1
        if (filled > 0) await use(buffer.subarray(0, end), offset)
        return offset + filled
      }
      const end = buffer.lastIndexOf(newline) + 1
      if (end > 0) await use(buffer.subarray(0, end), offset)
      const larger = end > 0 ? buffer : Buffer.allocUnsafe(buffer.length * 2)
      buffer.copy(larger, 0, end)
      kept = buffer.length - end
      offset += end
      buffer = larger
    }
  } finally {
    await handle.close()
  }
}

async function fill(
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
