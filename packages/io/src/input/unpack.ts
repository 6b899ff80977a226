import { randomUUID } from "node:crypto"
import { createReadStream, createWriteStream } from "node:fs"
import { access, constants, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { createGunzip } from "node:zlib"

import { FreshetError, type LandedFile } from "@freshet/core"

/** Lends the plain bytes of a landed file: the file itself, or what its .gz unpacks to. */
export async function withPlainFile<T>(
  file: LandedFile,
  path: string,
  scratchFolder: () => Promise<string>,
  work: (plain: string) => Promise<T>,
): Promise<T> {
  await expectAsListed(file, path)
  if (!path.endsWith(".gz")) return await work(path)
  const plain = join(await scratchFolder(), `${randomUUID()}.plain`)
  try {
    await unpack(file, path, plain)
    return await work(plain)
  } finally {
    await rm(plain, { force: true })
  }
}

async function expectAsListed(file: LandedFile, path: string): Promise<void> {
  const size = await access(path, constants.R_OK)
    .then(() => stat(path))
    .then(
      (found) => found.size,
      (cause: unknown) => {
        throw new FreshetError("input", `the landed file ${file.path} cannot be read`, { cause })
      },
    )
  if (size === file.bytes) return
  throw new FreshetError(
    "input",
    `the landed file ${file.path} changed while the run went on: it had ${file.bytes} bytes and has ${size}`,
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
