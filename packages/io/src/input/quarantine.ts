import { isUtf8 } from "node:buffer"
import { appendFile } from "node:fs/promises"

/** One line that was not taken, as it stands in the quarantine file. */
export interface QuarantinedLine {
  readonly file: string
  /** From 1, blank lines counted. */
  readonly line: number
  readonly reason: string
  /** UTF-8; bytes that are not, as \xNN. Cut after 4 KB. */
  readonly text: string
  /** Length of the line, where the text was cut. */
  readonly bytes?: number
}

/** Lines set aside, on their way to a file of JSON lines. */
export interface Quarantine {
  readonly add: (
    where: { file: string; line: number },
    reason: string,
    bytes: Buffer,
  ) => Promise<void>
  /** Writes what is left; the path of the file, or undefined when there was no line. */
  readonly finish: () => Promise<string | undefined>
  readonly lines: () => number
  readonly reasons: () => ReadonlyMap<string, number>
  /** The first few, for a message. */
  readonly first: () => readonly QuarantinedLine[]
}

const longestText = 4096
const flushBytes = 1 << 20

/** Sets lines aside in a temporary file, which is asked for with the first of them; without one they are only counted. */
export function openQuarantine(tempPath: (() => Promise<string>) | undefined): Quarantine {
  const reasons = new Map<string, number>()
  const first: QuarantinedLine[] = []
  let path: string | undefined
  let pending: string[] = []
  let pendingBytes = 0
  let total = 0
  const flush = async () => {
    path ??= await tempPath?.()
    if (path !== undefined) await appendFile(path, pending.join(""))
    pending = []
    pendingBytes = 0
  }
  return {
    add: async ({ file, line }, reason, bytes) => {
      const set = { file, line, reason, ...shownText(bytes) }
      total += 1
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      if (first.length < 3) first.push(set)
      const written = `${JSON.stringify(set)}\n`
      pending.push(written)
      pendingBytes += written.length
      if (pendingBytes > flushBytes) await flush()
    },
    finish: async () => {
      if (pending.length > 0) await flush()
      return path
    },
    lines: () => total,
    reasons: () => reasons,
    first: () => first,
  }
}

function shownText(bytes: Buffer): { readonly text: string; readonly bytes?: number } {
  const line = bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes
  if (line.length <= longestText) return { text: utf8OrEscaped(line) }
  return { text: utf8OrEscaped(line.subarray(0, endOfCharacter(line))), bytes: line.length }
}

/** Not in the middle of a character, if the text is UTF-8. */
function endOfCharacter(line: Buffer): number {
  let end = longestText
  while (end > longestText - 4 && ((line[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return end
}

function utf8OrEscaped(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8")
  let text = ""
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find(
      (n) => at + n <= bytes.length && isUtf8(bytes.subarray(at, at + n)),
    )
    const byte = bytes[at] ?? 0
    text +=
      length === undefined
        ? String.raw`\x${byte.toString(16).padStart(2, "0")}`
        : bytes.toString("utf8", at, at + length)
    at += length ?? 1
  }
  return text
}

/** Why the bytes of a line cannot be read at all; undefined when they can. */
export function byteFault(bytes: Buffer): "nul_byte" | "invalid_utf8" | undefined {
  if (bytes.includes(0)) return "nul_byte"
  return isUtf8(bytes) ? undefined : "invalid_utf8"
}
