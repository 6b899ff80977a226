import { isUtf8 } from "node:buffer"
import { appendFile } from "node:fs/promises"

/** A line of the quarantine file. */
export interface QuarantinedLine {
  readonly file: string
  /** From 1, blank lines included. */
  readonly line: number
  readonly reason: string
  /** UTF-8, with invalid bytes as \xNN. Truncated after 4 KB. */
  readonly text: string
  /** The length of the line if the text is truncated. */
  readonly bytes?: number
}

/** A writer of quarantined lines to a file of JSON lines. */
export interface Quarantine {
  readonly add: (
    where: { file: string; line: number },
    reason: string,
    bytes: Buffer,
  ) => Promise<void>
  /** Writes the buffered lines; returns the path of the file, or undefined without lines. */
  readonly finish: () => Promise<string | undefined>
  readonly lines: () => number
  readonly reasons: () => ReadonlyMap<string, number>
  /** The first few lines, for a message. */
  readonly samples: () => readonly QuarantinedLine[]
}

const maxTextBytes = 4096
const flushBytes = 1 << 20

/** Creates a quarantine over a temporary file, which is created for the first line; without a file, lines are only counted. */
export function openQuarantine(tempPath: (() => Promise<string>) | undefined): Quarantine {
  const reasons = new Map<string, number>()
  const samples: QuarantinedLine[] = []
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
      const quarantinedLine = { file, line, reason, ...formatLineText(bytes) }
      total += 1
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      if (samples.length < 3) samples.push(quarantinedLine)
      const jsonLine = `${JSON.stringify(quarantinedLine)}\n`
      pending.push(jsonLine)
      pendingBytes += jsonLine.length
      if (pendingBytes > flushBytes) await flush()
    },
    finish: async () => {
      if (pending.length > 0) await flush()
      return path
    },
    lines: () => total,
    reasons: () => reasons,
    samples: () => samples,
  }
}

/** Formats a line for people: UTF-8 with invalid bytes as \xNN, truncated after 4 KB. */
export function formatLineText(bytes: Buffer): { readonly text: string; readonly bytes?: number } {
  const line = bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes
  if (line.length <= maxTextBytes) return { text: decodeOrEscape(line) }
  return { text: decodeOrEscape(line.subarray(0, findCharacterEnd(line))), bytes: line.length }
}

/** Finds the length of the truncated text: at a character boundary, if the text is UTF-8. */
function findCharacterEnd(line: Buffer): number {
  let end = maxTextBytes
  while (end > maxTextBytes - 4 && ((line[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return end
}

function decodeOrEscape(bytes: Buffer): string {
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

/** Finds the reason why the bytes of a line are unreadable; undefined for readable bytes. */
export function findByteFault(bytes: Buffer): "nul_byte" | "invalid_utf8" | undefined {
  if (bytes.includes(0)) return "nul_byte"
  return isUtf8(bytes) ? undefined : "invalid_utf8"
}
