import { randomUUID } from "node:crypto"
import { createReadStream, type Stats } from "node:fs"
import { access, constants, type FileHandle, open, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { createGunzip } from "node:zlib"

import { FreshetError, getErrorMessage, type LandedFile } from "@freshet/core/engine"

/**
 * Provides the plain bytes of a landed file: the file itself, or its unpacked .gz. Fails if the file is not
 * the listed one, or changes during the work.
 */
export async function withUnpackedFile<T>(
  file: LandedFile,
  path: string,
  scratchFolder: () => Promise<string>,
  work: (unpackedPath: string) => Promise<T>,
): Promise<T> {
  const initialStats = await readStats(file, path)
  if (initialStats.size !== file.bytes)
    throw createChangedError(file, `it had ${file.bytes} bytes and has ${initialStats.size}`)
  try {
    if (!file.path.endsWith(".gz")) return await work(path)
    const unpackedPath = join(await scratchFolder(), `${randomUUID()}.plain`)
    try {
      await unpack(file, path, unpackedPath)
      return await work(unpackedPath)
    } finally {
      await rm(unpackedPath, { force: true })
    }
  } finally {
    requireUnchanged(file, initialStats, await readStats(file, path))
  }
}

async function readStats(file: LandedFile, path: string): Promise<Stats> {
  try {
    await access(path, constants.R_OK)
    return await stat(path)
  } catch (cause) {
    throw new FreshetError("input", `the landed file ${file.path} cannot be read`, {
      cause,
      isTransient: true,
    })
  }
}

function requireUnchanged(file: LandedFile, initialStats: Stats, currentStats: Stats): void {
  const isUnchanged =
    initialStats.ino === currentStats.ino &&
    initialStats.size === currentStats.size &&
    initialStats.mtimeMs === currentStats.mtimeMs
  if (!isUnchanged) throw createChangedError(file, "it was written while it was read")
}

function createChangedError(file: LandedFile, detail: string): FreshetError {
  return new FreshetError(
    "input",
    `the landed file ${file.path} changed while the run went on: ${detail}`,
    { hint: "Run again; to be safe, land files under another name and rename them." },
  )
}

/** Unpacks all members of a gzip file. Zeros after a member are padding; anything else must be another member. */
async function unpack(file: LandedFile, path: string, unpackedPath: string): Promise<void> {
  const [packed, unpacked] = await Promise.all([open(path), open(unpackedPath, "w")])
  try {
    let offset = 0
    do {
      offset += await unpackMembers(path, offset, unpacked)
      offset = await skipZeros(packed, offset)
    } while (offset < file.bytes)
  } catch (cause) {
    const message = getErrorMessage(cause)
    throw new FreshetError("input", `the landed file ${file.path} cannot be unpacked: ${message}`, {
      cause,
      isTransient: isSystemError(cause),
    })
  } finally {
    await Promise.all([packed.close(), unpacked.close()])
  }
}

/** Unpacks members that follow each other without padding; returns the number of bytes read. */
async function unpackMembers(path: string, start: number, target: FileHandle): Promise<number> {
  const gunzip = createGunzip()
  const packed = createReadStream(path, { start })
  packed.on("error", (error) => gunzip.destroy(error))
  try {
    for await (const chunk of packed.pipe(gunzip)) await target.writeFile(chunk as Buffer)
    return gunzip.bytesWritten
  } finally {
    packed.destroy()
  }
}

/** Returns the position of the first byte from `from` on that is not zero, or the end of the file. */
async function skipZeros(file: FileHandle, from: number): Promise<number> {
  const buffer = Buffer.alloc(1 << 16)
  for (let offset = from; ;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset)
    const byte = buffer.subarray(0, bytesRead).findIndex((value) => value !== 0)
    if (byte >= 0) return offset + byte
    if (bytesRead === 0) return offset
    offset += bytesRead
  }
}

/** Tests if the operating system reported an error, such as a full disk. */
function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && /^E[A-Z]+$/.test(String(cause.code))
}
