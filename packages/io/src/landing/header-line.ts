import { createReadStream } from "node:fs"
import type { Readable } from "node:stream"
import { createGunzip } from "node:zlib"

/** The size of the part of a file in which its first line is looked for. */
export const maxHeaderBytes = 65_536

/** Reads the first line of a landed file from its first bytes; undefined if it cannot be read or is longer. */
export async function readHeaderLine(path: string): Promise<string | undefined> {
  return parseHeaderLine(createReadStream(path, { end: maxHeaderBytes - 1 }), path)
}

/** Reads the first line from the first bytes of a file; undefined if they cannot be read or do not contain all of it. */
export async function parseHeaderLine(bytes: Readable, path: string): Promise<string | undefined> {
  const plainBytes: AsyncIterable<Buffer> = path.endsWith(".gz")
    ? bytes.pipe(createGunzip())
    : bytes
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of plainBytes) {
      chunks.push(chunk)
      length += chunk.length
      if (chunk.includes(10) || length >= maxHeaderBytes) break
    }
  } catch {
    if (length === 0) return undefined // the first bytes of a compressed file end in the middle
  } finally {
    bytes.destroy()
  }
  const text = Buffer.concat(chunks)
    .toString("utf8")
    .replace(/^\uFEFF/, "")
  const end = text.indexOf("\n")
  if (end < 0 && length >= maxHeaderBytes) return undefined
  const line = (end < 0 ? text : text.slice(0, end)).replaceAll("\0", "")
  return line.endsWith("\r") ? line.slice(0, -1) : line
}
