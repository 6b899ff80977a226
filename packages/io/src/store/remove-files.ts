import { realpath, rmdir, unlink } from "node:fs/promises"
import { dirname, join } from "node:path"

import { FreshetError } from "@freshet/core/engine"

const foldersAtOnce = 32

/** Removes files below a folder, and folders that become empty. Does not follow links. */
export async function removeFiles(root: string, keys: readonly string[]): Promise<void> {
  const folders = new Map<string, string[]>()
  for (const key of keys) {
    const folder = dirname(key)
    const folderKeys = folders.get(folder)
    if (folderKeys === undefined) folders.set(folder, [key])
    else folderKeys.push(key)
  }
  const realRoot = await realpath(root).catch(ignoreMissing)
  if (realRoot === undefined) return
  const remaining = folders.entries()
  const removeNext = async () => {
    for (const [folder, folderKeys] of remaining)
      await removeFromFolder(realRoot, folder, folderKeys)
  }
  await Promise.all(Array.from({ length: foldersAtOnce }, removeNext))
}

async function removeFromFolder(
  root: string,
  folder: string,
  keys: readonly string[],
): Promise<void> {
  const place = join(root, folder)
  const real = await realpath(place).catch(ignoreMissing)
  if (real === undefined) return
  if (real !== place)
    throw new FreshetError("store", `${place} leads elsewhere: nothing is removed through links`)
  await Promise.all(keys.map((key) => unlink(join(root, key)).catch(ignoreMissing)))
  await removeEmptyFolders(root, place)
}

/** Removes an empty folder, and parents that become empty. */
async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  for (let empty = folder; empty !== root; empty = dirname(empty)) {
    const isGone = await rmdir(empty).then(
      () => true,
      (cause: NodeJS.ErrnoException) => {
        if (cause.code === "ENOENT") return true
        if (cause.code === "ENOTEMPTY" || cause.code === "EEXIST") return false
        throw cause
      },
    )
    if (!isGone) return
  }
}

function ignoreMissing(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== "ENOENT") throw cause
}
