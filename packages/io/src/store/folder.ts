import { randomUUID } from "node:crypto"
import { mkdirSync, renameSync } from "node:fs"
import { access, lstat, mkdir, readdir, rm } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"

import { FreshetError } from "@freshet/core"

import { filePages } from "./file-pages.ts"
import { folderOwner, takeFolder } from "./folder-owner.ts"
import { validKey } from "./key.ts"
import { removeFiles } from "./remove-files.ts"
import type { Leftovers, Store } from "./store.ts"
import { sync } from "./sync.ts"

/** A store in a folder: temporary file in the same file system → fsync → rename → fsync of the folder. */
export function openFolderStore(folder: string): Store {
  const root = resolve(folder)
  const temp = join(root, ".tmp")
  const own = new Set<string>() // names of the temporary files of this process
  const path = (key: string) => join(root, ...validKey(key).split("/"))
  const makeTemp = once(() => mkdir(temp, { recursive: true }))
  const tempPath = async (suffix: string) => {
    await makeTemp().catch(failed(`the store cannot be written: ${temp}`))
    const name = `${randomUUID()}${suffix}`
    own.add(name)
    return join(temp, name)
  }
  return {
    path,
    tempPath,
    commit: async (tempPath, key) =>
      await moveDurably(tempPath, path(key), root).catch(failed(`the store cannot keep ${key}`)),
    exists: async (key) =>
      await access(path(key)).then(
        () => true,
        () => false,
      ),
    list: () => filePages(root),
    remove: async (keys) =>
      await removeFiles(root, keys.map(validKey)).catch(failed("the store cannot remove files")),
    findTemp: async () => leftoversOf(await leftIn(temp, own)),
    owner: () => folderOwner(root).catch(failed(`the store cannot be read: ${root}`)),
    take: (owner) =>
      takeFolder(root, owner, tempPath).catch(failed(`the store cannot be written: ${root}`)),
    sweepTemp: () => sweep(temp, own).catch(failed(`the store cannot be swept: ${temp}`)),
  }
}

/** Only the waits for the disk are left to another thread: the rest takes less time than handing it over. */
async function moveDurably(from: string, to: string, root: string): Promise<void> {
  await sync(from)
  await makeFolder(dirname(to), root)
  renameSync(from, to)
  await sync(dirname(to))
}

/** A folder is durable once its parent is synced; those that exist already were synced when they were made. */
async function makeFolder(folder: string, root: string): Promise<void> {
  const first = mkdirSync(folder, { recursive: true })
  if (first === undefined) return
  for (let made = folder; made.length >= first.length && made !== root; made = dirname(made))
    await sync(dirname(made))
}

async function sweep(temp: string, own: ReadonlySet<string>): Promise<Leftovers> {
  const left = await leftIn(temp, own)
  await Promise.all(left.map(({ path }) => rm(path, { recursive: true, force: true })))
  return leftoversOf(left)
}

async function leftIn(temp: string, own: ReadonlySet<string>) {
  const names = await readdir(temp).catch((): string[] => [])
  const left = names.filter((name) => !own.has(name)).map((name) => join(temp, name))
  return Promise.all(
    left.map(async (path) => {
      const found = await lstat(path).catch(() => undefined) // its owner may have ended meanwhile
      return { path, bytes: found?.size ?? 0 }
    }),
  )
}

function leftoversOf(left: readonly { readonly bytes: number }[]): Leftovers {
  return { files: left.length, bytes: left.reduce((sum, { bytes }) => sum + bytes, 0) }
}

function failed(message: string): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof FreshetError) throw cause
    const reason = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : ""
    throw new FreshetError("store", message + reason, { cause })
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
