import { randomUUID } from "node:crypto"
import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"

import { createChecksum } from "../../src/store/checksum.ts"
import { missingFile, requireValidKey } from "../../src/store/store-key.ts"
import type { Store, StoredFile } from "../../src/store/store.ts"

interface StoredBytes {
  readonly identity: string
  readonly bytes: Uint8Array
  readonly modifiedMs: number
}

const pageLength = 1000

/** Opens a store that keeps no file on the disk, as an object store does: `folder` holds temporary files and copies. */
export function openMemoryStore(folder: string): Store {
  const objects = new Map<string, StoredBytes>()
  const copies = new Map<string, Promise<string>>()
  let owner: string | undefined
  const newPath = async (suffix: string) => {
    await mkdir(folder, { recursive: true })
    return join(folder, `${randomUUID()}${suffix}`)
  }
  const bytesAt = (key: string): Uint8Array => {
    const stored = objects.get(requireValidKey(key))
    if (stored === undefined) throw missingFile(key)
    return stored.bytes
  }
  const copy = async (bytes: Uint8Array): Promise<string> => {
    const path = await newPath(".copy")
    await writeFile(path, bytes)
    return path
  }
  const dropCopy = async (key: string) => {
    const path = copies.get(key)
    copies.delete(key)
    if (path !== undefined) await rm(await path, { force: true })
  }
  return {
    tempPath: newPath,
    commit: async (tempPath, key) => {
      requireValidKey(key)
      const bytes = await readFile(tempPath).catch((cause: NodeJS.ErrnoException) => {
        throw new FreshetError("store", `the store cannot keep ${key} (${cause.code})`, { cause })
      })
      const identity = randomUUID()
      objects.set(key, { identity, bytes, modifiedMs: Date.now() })
      await dropCopy(key)
      await rm(tempPath)
      return { bytes: bytes.length, identity, checksum: await computeChecksum(bytes) }
    },
    localPath: async (key) => {
      const bytes = bytesAt(key)
      const path = copies.get(key) ?? copy(bytes)
      copies.set(key, path)
      return path
    },
    read: async function* (key) {
      yield bytesAt(key)
    },
    locate: (key) =>
      key === undefined ? "memory://lake" : `memory://lake/${requireValidKey(key)}`,
    exists: async (key) => objects.has(requireValidKey(key)),
    identify: async (key) => objects.get(requireValidKey(key))?.identity,
    measure: async (key) => {
      const object = objects.get(requireValidKey(key))
      if (object === undefined) return undefined
      return { identity: object.identity, checksum: await computeChecksum(object.bytes) }
    },
    list: () => pages(objects),
    remove: async (keys) => {
      for (const key of keys.map(requireValidKey)) {
        objects.delete(key)
        await dropCopy(key)
      }
    },
    owner: async () => owner,
    claim: async (name) => (owner ??= name),
    measureTemp: async () => ({ files: 0, bytes: 0 }),
    probe: async () => {},
    mayHaveTemp: async () => false,
    removeTemp: async () => ({ files: 0, bytes: 0 }),
  }
}

async function computeChecksum(bytes: Uint8Array): Promise<string> {
  const checksum = await createChecksum()
  checksum.update(bytes)
  return checksum.digest()
}

async function* pages(
  objects: ReadonlyMap<string, StoredBytes>,
): AsyncGenerator<readonly StoredFile[]> {
  const files = [...objects].map(([key, { bytes, modifiedMs }]) => ({
    key,
    bytes: bytes.length,
    modifiedMs,
  }))
  for (let at = 0; at < files.length; at += pageLength) yield files.slice(at, at + pageLength)
}
