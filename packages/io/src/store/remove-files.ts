import { realpath, rmdir, unlink } from "node:fs/promises"
import { dirname, join } from "node:path"

import { FreshetError } from "@freshet/core"

const foldersAtOnce = 32

/** Removes files below a folder, and the folders that are empty then. Never goes through a link. */
export async function removeFiles(root: string, keys: readonly string[]): Promise<void> {
  const folders = new Map<string, string[]>()
  for (const key of keys) {
    const folder = dirname(key)
    const known = folders.get(folder)
    if (known === undefined) folders.set(folder, [key])
    else known.push(key)
  }
  const realRoot = await realpath(root).catch(passOver)
  if (realRoot === undefined) return
  const left = folders.entries()
  const remover = async () => {
    for (const [folder, inside] of left) await removeIn(realRoot, folder, inside)
  }
  await Promise.all(Array.from({ length: foldersAtOnce }, remover))
}

async function removeIn(root: string, folder: string, keys: readonly string[]): Promise<void> {
  const place = join(root, folder)
  const real = await realpath(place).catch(passOver)
  if (real === undefined) return
  if (real !== place)
    throw new FreshetError("store", `${place} leads elsewhere: nothing is removed through links`)
  await Promise.all(keys.map((key) => unlink(join(root, key)).catch(passOver)))
  await removeEmpty(root, place)
}

/** Removes a folder without content, and those around it that are empty then. */
async function removeEmpty(root: string, folder: string): Promise<void> {
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

function passOver(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== "ENOENT") throw cause
}
