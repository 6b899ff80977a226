import { createHash, randomUUID } from "node:crypto"
import { existsSync } from "node:fs"
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises"
import { extname, join } from "node:path"

import { syncPath } from "./sync.ts"

/** Local copies of objects. Several processes may share the folder. */
export interface ObjectCache {
  /** Returns the path of the copy of an object; without one, `download` writes it to a temporary path first. */
  readonly provide: (
    object: CachedObject,
    download: (path: string) => Promise<void>,
  ) => Promise<string>
  /** Makes a local file the copy of an object. */
  readonly adopt: (object: CachedObject, path: string) => Promise<void>
}

/** An object, whose identity changes with its bytes. */
export interface CachedObject {
  readonly key: string
  readonly identity: string
}

/** The time after its last use in which a copy is retained, because a process may still read it. */
const minAgeMs = 10 * 60_000

/** The part of the cache that new copies may fill before its folder is listed again. */
const unlistedPart = 1 / 16

/** Creates a cache that removes the copies that were not used for longest before they exceed `maxBytes`. */
export function createObjectCache(folder: string, maxBytes: number): ObjectCache {
  const downloads = new Map<string, Promise<string>>()
  const maxUnlistedBytes = maxBytes * unlistedPart
  let unlistedBytes = Infinity
  const getPath = ({ key, identity }: CachedObject) => {
    const name = createHash("sha256").update(`${key}\n${identity}`).digest("hex")
    return join(folder, `${name}${extname(key)}`)
  }
  const addCopy = async (temporaryPath: string, path: string) => {
    await syncPath(temporaryPath)
    const now = new Date()
    await utimes(temporaryPath, now, now) // in milliseconds, so that later calls can repeat the second one
    const { size } = await stat(temporaryPath)
    await rename(temporaryPath, path)
    unlistedBytes += size
    if (unlistedBytes <= maxUnlistedBytes) return
    unlistedBytes = 0
    await removeLeastUsed(folder, maxBytes - maxUnlistedBytes)
  }
  const downloadCopy = async (path: string, download: (path: string) => Promise<void>) => {
    await mkdir(folder, { recursive: true })
    const temporaryPath = join(folder, `.${randomUUID()}`)
    try {
      await download(temporaryPath)
      await addCopy(temporaryPath, path)
    } finally {
      await rm(temporaryPath, { force: true })
    }
  }
  const provideOnce = async (path: string, download: (path: string) => Promise<void>) => {
    if (existsSync(path)) await touch(path)
    else await downloadCopy(path, download)
    return path
  }
  return {
    provide: (object, download) => {
      const path = getPath(object)
      const running = downloads.get(path) ?? provideOnce(path, download)
      downloads.set(path, running)
      return running.finally(() => downloads.delete(path))
    },
    adopt: async (object, path) => {
      await mkdir(folder, { recursive: true })
      await addCopy(path, getPath(object))
    },
  }
}

/** Records the time of use, and leaves the time of writing to readers that compare it. A copy that another process removed is downloaded again at its next use. */
async function touch(path: string): Promise<void> {
  const stats = await stat(path).catch(() => undefined)
  if (stats !== undefined) await utimes(path, new Date(), stats.mtime).catch(() => undefined)
}

/** Removes copies, and the files of downloads that their process abandoned. */
async function removeLeastUsed(folder: string, maxBytes: number): Promise<void> {
  const names = await readdir(folder)
  const copies = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      const stats = await stat(path).catch(() => undefined) // another process may have removed it
      return { path, bytes: stats?.size ?? 0, usedMs: stats?.atimeMs ?? 0 }
    }),
  )
  const newestFirst = copies.toSorted((a, b) => b.usedMs - a.usedMs)
  const minUsedMs = Date.now() - minAgeMs
  let bytes = 0
  for (const copy of newestFirst) {
    bytes += copy.bytes
    if (bytes > maxBytes && copy.usedMs < minUsedMs) await rm(copy.path, { force: true })
  }
}
