import { eachChunk, type LineScan } from "./line-scan.ts"
import type { PlainCsv } from "./plain-csv.ts"

const newline = 10

/** A line of a file that has no blank lines. */
export interface DoubtfulLine {
  /** From 0, the header's included. */
  readonly ordinal: number
  readonly offset: number
  readonly bytes: Buffer
}

/** How the lines of a CSV file lie, and those that are not plain. */
export interface PlainScan extends LineScan {
  readonly doubtfulLines: readonly DoubtfulLine[]
}

const linesPerMark = 512
const mostDoubtful = 10_000

/** Looks at every byte of a file; undefined when it is not fit to be read so, or has too many lines that are not plain. The header is not judged. */
export async function scanPlainCsv(
  path: string,
  machine: PlainCsv,
): Promise<PlainScan | undefined> {
  const marks: { offset: number; line: number }[] = []
  const doubtfulLines: DoubtfulLine[] = []
  let lines = 0
  let longest = 0
  let fit = true
  const bytes = await eachChunk(path, (chunk, offset) => {
    if (!fit) return
    fit = eachLine(chunk, machine, (start, end, plain) => {
      if (lines % linesPerMark === 0) marks.push({ offset: offset + start, line: lines + 1 })
      if (!plain && lines > 0) {
        const line = Buffer.from(chunk.subarray(start, end - 1))
        doubtfulLines.push({ ordinal: lines, offset: offset + start, bytes: line })
      }
      if (end - start > longest) longest = end - start
      lines += 1
    })
    fit &&= doubtfulLines.length <= mostDoubtful
  })
  return fit ? { bytes, lines, longest, marks, doubtful: [], doubtfulLines } : undefined
}

/** Tells of each line where it is and whether it is plain; false when the machine says that the file is unfit. */
function eachLine(
  chunk: Buffer,
  { next, start, unfit }: PlainCsv,
  tell: (start: number, end: number, plain: boolean) => void,
): boolean {
  let state = start
  let lineStart = 0
  for (let at = 0; at < chunk.length; at += 1) {
    const byte = chunk[at] ?? 0
    state = next[(state << 8) | byte] ?? unfit
    if (byte !== newline) continue
    if (state === unfit) return false
    tell(lineStart, at + 1, state === start)
    state = start
    lineStart = at + 1
  }
  return state !== unfit
}
