import { randomUUID } from "node:crypto"
import { createReadStream, createWriteStream, type Stats } from "node:fs"
import { access, constants, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { createGunzip } from "node:zlib"

import { FreshetError, type LandedFile } from "@freshet/core"

/** Lends the plain bytes of a landed file: the file itself, or what its .gz unpacks to. Fails when it is not the listed file, or another one in the end. */
export async function withPlainFile<T>(
  file: LandedFile,
  path: string,
  scratchFolder: () => Promise<string>,
  work: (plain: string) => Promise<T>,
): Promise<T> {
  const before = await look(file, path)
  if (before.size !== file.bytes)
    throw changed(file, `it had ${file.bytes} bytes and has ${before.size}`)
  try {
    if (!path.endsWith(".gz")) return await work(path)
    const plain = join(await scratchFolder(), `${randomUUID()}.plain`)
    try {
      await unpack(file, path, plain)
      return await work(plain)
    } finally {
      await rm(plain, { force: true })
    }
  } finally {
    expectSame(file, before, await look(file, path))
  }
}

async function look(file: LandedFile, path: string): Promise<Stats> {
  try {
    await access(path, constants.R_OK)
    return await stat(path)
  } catch (cause) {
    throw new FreshetError("input", `the landed file ${file.path} cannot be read`, { cause })
  }
}

function expectSame(file: LandedFile, before: Stats, after: Stats): void {
  const same =
    before.ino === after.ino && before.size === after.size && before.mtimeMs === after.mtimeMs
  if (!same) throw changed(file, "it was written while it was read")
}

function changed(file: LandedFile, how: string): FreshetError {
  return new FreshetError(
    "input",
    `the landed file ${file.path} changed while the run went on: ${how}`,
    { hint: "Run again; to be safe, land files under another name and rename them." },
  )
}

async function unpack(file: LandedFile, path: string, plain: string): Promise<void> {
  try {
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(plain))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new FreshetError("input", `the landed file ${file.path} cannot be unpacked: ${why}`, {
      cause,
    })
  }
}
