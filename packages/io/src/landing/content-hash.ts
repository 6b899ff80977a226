import { createHash } from "node:crypto"
import { open, stat, type FileHandle } from "node:fs/promises"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"

import type { ListedFile } from "./hashed-file.ts"
import { toListedFile } from "./list-folder.ts"

const attempts = 3
const readBytes = 1 << 20

/** Hashes a landed file with SHA-256 and describes it. Throws FreshetError "input" if the file changes meanwhile. */
export async function hashContent(
  landingFolder: string,
  path: string,
): Promise<ListedFile & { readonly hash: string }> {
  const absolutePath = join(landingFolder, path)
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const read = await hashOnce(absolutePath, path)
    if (read !== undefined) return read
  }
  throw new FreshetError("input", `${absolutePath} changes while it is read.`, {
    hint: "Let writers write under a name that begins with a dot, and rename when it is whole.",
  })
}

async function hashOnce(absolutePath: string, path: string) {
  try {
    const file = await open(absolutePath)
    try {
      const listedFile = toListedFile(path, await file.stat({ bigint: true }))
      const hash = await hashBytes(file, listedFile.bytes)
      const currentFile = toListedFile(path, await stat(absolutePath, { bigint: true }))
      const isUnchanged =
        currentFile.identity === listedFile.identity && currentFile.bytes === listedFile.bytes
      return isUnchanged ? { ...listedFile, hash } : undefined
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new FreshetError("input", `${absolutePath} cannot be read.`, { cause })
  }
}

/** Hashes one buffer while the next one fills. */
async function hashBytes(file: FileHandle, bytes: number): Promise<string> {
  const hash = createHash("sha256")
  const length = Math.min(bytes + 1, readBytes)
  let nextBuffer = Buffer.allocUnsafe(length)
  let buffer = Buffer.allocUnsafe(length)
  let pendingRead = file.read(nextBuffer)
  for (;;) {
    const { bytesRead } = await pendingRead
    if (bytesRead === 0) return hash.digest("hex")
    ;[nextBuffer, buffer] = [buffer, nextBuffer]
    pendingRead = file.read(nextBuffer)
    hash.update(buffer.subarray(0, bytesRead))
  }
}
