import { open } from "node:fs/promises"

const readBytes = 1 << 20

/** A checksum of bytes that arrive in parts. */
export interface Checksum {
  readonly update: (bytes: Uint8Array) => void
  /** Formats the checksum of all bytes in hexadecimal. */
  readonly digest: () => string
}

/** Creates a checksum: xxh3 with 64 bits, which finds damage and costs little next to reading. It does not resist forgery. */
export async function createChecksum(): Promise<Checksum> {
  const { xxh3 } = await import("@node-rs/xxhash")
  const hash = xxh3.Xxh3.withSeed()
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest().toString(16).padStart(16, "0"),
  }
}

/** Computes the checksum of a local file. */
export async function computeFileChecksum(path: string): Promise<string> {
  const checksum = await createChecksum()
  const file = await open(path)
  try {
    const buffer = Buffer.allocUnsafe(Math.min((await file.stat()).size + 1, readBytes))
    for (;;) {
      const { bytesRead } = await file.read(buffer)
      if (bytesRead === 0) return checksum.digest()
      checksum.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}
