import { createHash } from "node:crypto"
import { open, stat, type FileHandle } from "node:fs/promises"
import { join } from "node:path"

import { FreshetError } from "@freshet/core"

import type { ListedFile } from "./landed-files.ts"
import { listedFile } from "./list-folder.ts"

const attempts = 3
const readBytes = 1 << 20

/** SHA-256 of a landed file's bytes, and the file as it was while they were read. Throws FreshetError "input" for one that does not hold still. */
export async function contentHash(
  landingFolder: string,
  path: string,
): Promise<ListedFile & { readonly hash: string }> {
  const place = join(landingFolder, path)
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const read = await readOnce(place, path)
    if (read !== undefined) return read
  }
  throw new FreshetError("input", `${place} changes while it is read.`, {
    hint: "Let writers write under a name that begins with a dot, and rename when it is whole.",
  })
}

async function readOnce(place: string, path: string) {
  try {
    const file = await open(place)
    try {
      const before = listedFile(path, await file.stat({ bigint: true }))
      const hash = await digest(file, before.bytes)
      const after = listedFile(path, await stat(place, { bigint: true }))
      const held = after.identity === before.identity && after.bytes === before.bytes
      return held ? { ...before, hash } : undefined
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new FreshetError("input", `${place} cannot be read.`, { cause })
  }
}

/** Hashes one buffer while the next one fills. */
async function digest(file: FileHandle, bytes: number): Promise<string> {
  const hash = createHash("sha256")
  const length = Math.min(bytes + 1, readBytes)
  let filling = Buffer.allocUnsafe(length)
  let full = Buffer.allocUnsafe(length)
  let reading = file.read(filling)
  for (;;) {
    const { bytesRead } = await reading
    if (bytesRead === 0) return hash.digest("hex")
    ;[filling, full] = [full, filling]
    reading = file.read(filling)
    hash.update(full.subarray(0, bytesRead))
  }
}
