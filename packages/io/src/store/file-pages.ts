import { lstat, readdir } from "node:fs/promises"
import { join } from "node:path"

import { isSegment } from "./key.ts"
import type { StoredFile } from "./store.ts"

const pageLength = 1000
const foldersAtOnce = 64

/** The files below a folder by their keys, a page at a time. Links are neither followed nor given. */
export async function* filePages(root: string): AsyncGenerator<readonly StoredFile[]> {
  const folders = [""] // keys of folders that are still to be read
  let found: string[] = []
  while (folders.length > 0) {
    const some = folders.splice(-foldersAtOnce)
    for (const { files, inside } of await Promise.all(some.map((key) => readFolder(root, key)))) {
      found.push(...files)
      folders.push(...inside)
    }
    while (found.length >= pageLength || (folders.length === 0 && found.length > 0)) {
      yield await described(root, found.slice(0, pageLength))
      found = found.slice(pageLength)
    }
  }
}

async function readFolder(root: string, key: string) {
  const [files, inside]: [string[], string[]] = [[], []]
  for (const entry of await entriesOf(join(root, key))) {
    if (!isSegment(entry.name)) continue
    const inner = key === "" ? entry.name : `${key}/${entry.name}`
    if (entry.isDirectory()) inside.push(inner)
    else if (entry.isFile()) files.push(inner)
  }
  return { files, inside }
}

/** A folder that is not there, or no more, is an empty one. */
async function entriesOf(folder: string) {
  return readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return []
    throw cause
  })
}

async function described(root: string, keys: readonly string[]): Promise<readonly StoredFile[]> {
  const files = await Promise.all(
    keys.map(async (key): Promise<readonly StoredFile[]> => {
      const found = await lstat(join(root, key)).catch(() => undefined) // gone meanwhile
      if (found?.isFile() !== true) return []
      return [{ key, bytes: found.size, modifiedMs: found.mtimeMs }]
    }),
  )
  return files.flat()
}
