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
  readonly samples: () => readonly QuarantinedLine[]
}

const maxTextBytes = 4096
const flushBytes = 1 << 20

/** Sets lines aside in a temporary file, which is asked for with the first of them; without one they are only counted. */
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

function formatLineText(bytes: Buffer): { readonly text: string; readonly bytes?: number } {
  const line = bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes
  if (line.length <= maxTextBytes) return { text: decodeOrEscape(line) }
  return { text: decodeOrEscape(line.subarray(0, findCharacterEnd(line))), bytes: line.length }
}

/** Not in the middle of a character, if the text is UTF-8. */
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

/** Why the bytes of a line cannot be read at all; undefined when they can. */
export function findByteFault(bytes: Buffer): "nul_byte" | "invalid_utf8" | undefined {
  if (bytes.includes(0)) return "nul_byte"
  return isUtf8(bytes) ? undefined : "invalid_utf8"
}
