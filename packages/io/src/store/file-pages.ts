import { lstat, readdir } from "node:fs/promises"
import { join } from "node:path"

import { isKeySegment } from "./store-key.ts"
import type { StoredFile } from "./store.ts"

const pageLength = 1000
const foldersAtOnce = 64

/** Yields the files below a folder by key, in pages, without links. */
export async function* listFilePages(root: string): AsyncGenerator<readonly StoredFile[]> {
  const folders = [""] // keys of unread folders
  let keys: string[] = []
  while (folders.length > 0) {
    const batch = folders.splice(-foldersAtOnce)
    for (const { files, inside: innerFolders } of await Promise.all(
      batch.map((key) => readFolder(root, key)),
    )) {
      keys.push(...files)
      folders.push(...innerFolders)
    }
    while (keys.length >= pageLength || (folders.length === 0 && keys.length > 0)) {
      yield await describeFiles(root, keys.slice(0, pageLength))
      keys = keys.slice(pageLength)
    }
  }
}

async function readFolder(root: string, key: string) {
  const [files, innerFolders]: [string[], string[]] = [[], []]
  for (const entry of await readEntries(join(root, key))) {
    if (!isKeySegment(entry.name)) continue
    const innerKey = key === "" ? entry.name : `${key}/${entry.name}`
    if (entry.isDirectory()) innerFolders.push(innerKey)
    else if (entry.isFile()) files.push(innerKey)
  }
  return { files, inside: innerFolders }
}

/** Lists a folder; a missing one is empty. */
async function readEntries(folder: string) {
  return readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return []
    throw cause
  })
}

async function describeFiles(
  root: string,
  keys: readonly string[],
): Promise<readonly StoredFile[]> {
  const files = await Promise.all(
    keys.map(async (key): Promise<readonly StoredFile[]> => {
      const stats = await lstat(join(root, key)).catch(() => undefined) // removed meanwhile
      if (stats?.isFile() !== true) return []
      return [{ key, bytes: stats.size, modifiedMs: stats.mtimeMs }]
    }),
  )
  return files.flat()
}
