import { randomUUID } from "node:crypto"
import { createReadStream, existsSync, renameSync, statSync } from "node:fs"
import { mkdir, rm, writeFile } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"

import { FreshetError } from "@freshet/core/engine"

import { computeFileChecksum } from "./checksum.ts"
import { createFolderDurably } from "./durable-folder.ts"
import { listFilePages } from "./file-pages.ts"
import { readFolderOwner, claimFolder } from "./folder-owner.ts"
import { removeFiles } from "./remove-files.ts"
import { missingFile, requireValidKey } from "./store-key.ts"
import type { CommittedFile, FileMeasure, Store } from "./store.ts"
import { syncPath } from "./sync.ts"
import { openTempFolder } from "./temp-files.ts"

const readBytes = 1 << 18

/** Creates a store in a folder: temporary file in the same file system → fsync → rename → fsync of the folder. */
export function openFolderStore(folder: string): Store {
  const root = resolve(folder)
  const tempFolder = join(root, ".tmp")
  const tempFiles = openTempFolder(tempFolder)
  const path = (key: string) => join(root, ...requireValidKey(key).split("/"))
  const tempPath = (suffix: string) =>
    tempFiles
      .createPath(suffix)
      .catch(throwStoreError(`the store cannot be written: ${tempFolder}`))
  return {
    localPath: async (key) => {
      const place = path(key)
      if (!existsSync(place)) throw missingFile(key)
      return place
    },
    read: (key) => readFile(key, path(key)),
    locate: (key) => (key === undefined ? root : path(key)),
    tempPath,
    commit: async (tempPath, key) =>
      await moveDurably(tempPath, path(key), root).catch(
        throwStoreError(`the store cannot keep ${key}`),
      ),
    exists: async (key) => existsSync(path(key)),
    identify: async (key) => {
      try {
        return identifyFile(path(key))?.identity
      } catch (cause) {
        return throwStoreError(`the store cannot read ${key}`)(cause)
      }
    },
    measure: (key) => measureFile(path(key)).catch(throwStoreError(`the store cannot read ${key}`)),
    list: () => listFilePages(root),
    remove: async (keys) =>
      await removeFiles(root, keys.map(requireValidKey)).catch(
        throwStoreError("the store cannot remove files"),
      ),
    measureTemp: tempFiles.measure,
    owner: () => readFolderOwner(root).catch(throwStoreError(`the store cannot be read: ${root}`)),
    claim: (owner) =>
      claimFolder(root, owner, tempPath).catch(
        throwStoreError(`the store cannot be written: ${root}`),
      ),
    probe: () => writeProbe(root).catch(throwStoreError(`the store cannot be written: ${root}`)),
    mayHaveTemp: async () => (await tempFiles.measure()).files > 0,
    removeTemp: () =>
      tempFiles.remove().catch(throwStoreError(`the store cannot be swept: ${tempFolder}`)),
  }
}

/** Commits a file. Only the disk syncs run in another thread: the other calls take less time than a switch of threads. */
async function moveDurably(from: string, to: string, root: string): Promise<CommittedFile> {
  const [checksum] = await Promise.all([
    computeFileChecksum(from),
    syncPath(from),
    createFolderDurably(dirname(to), root),
  ])
  renameSync(from, to)
  const file = identifyFile(to)
  await syncPath(dirname(to))
  if (file === undefined) throw new Error(`${to} was removed meanwhile`)
  return { ...file, checksum }
}

/** Reads what identifies a file: a change of its bytes changes its size, its inode or one of its times. Undefined if there is none. */
function identifyFile(path: string) {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (stats === undefined) return undefined
  const { size, ino, mtimeNs, ctimeNs } = stats
  return { bytes: Number(size), identity: `${size} ${ino} ${mtimeNs} ${ctimeNs}` }
}

async function measureFile(path: string): Promise<FileMeasure | undefined> {
  const file = identifyFile(path)
  if (file === undefined) return undefined
  const checksum = await computeFileChecksum(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause
  })
  return checksum === undefined ? undefined : { identity: file.identity, checksum }
}

async function* readFile(key: string, path: string): AsyncGenerator<Uint8Array> {
  try {
    // a stream without an encoding yields bytes
    yield* createReadStream(path, { highWaterMark: readBytes }) as AsyncIterable<Uint8Array>
  } catch (cause) {
    if (!existsSync(path)) throw missingFile(key)
    throwStoreError(`the store cannot read ${key}`)(cause)
  }
}

async function writeProbe(root: string): Promise<void> {
  await mkdir(root, { recursive: true })
  const path = join(root, `.probe-${randomUUID()}`)
  await writeFile(path, "")
  await rm(path)
}

function throwStoreError(message: string): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof FreshetError) throw cause
    const reason = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : ""
    throw new FreshetError("store", message + reason, { cause })
  }
}
