import { randomUUID } from "node:crypto"
import { createReadStream, createWriteStream, type Stats } from "node:fs"
import { access, constants, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { createGunzip } from "node:zlib"

import { FreshetError, type LandedFile } from "@freshet/core/engine"

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
    if (!path.endsWith(".gz")) return await work(path)
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
    throw new FreshetError("input", `the landed file ${file.path} cannot be read`, { cause })
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

async function unpack(file: LandedFile, path: string, unpackedPath: string): Promise<void> {
  try {
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(unpackedPath))
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new FreshetError("input", `the landed file ${file.path} cannot be unpacked: ${message}`, {
      cause,
    })
  }
}
