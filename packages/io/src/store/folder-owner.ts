import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"

import { syncPath } from "./sync.ts"

/** The file of the owner. No key begins with a dot, so that it cannot collide with a step's file. */
const ownerFile = ".owner"

/** Reads the owner recorded in a folder; undefined if it has none. */
export async function readFolderOwner(root: string): Promise<string | undefined> {
  try {
    return (await readFile(join(root, ownerFile), "utf8")).trim()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined // as errors of files have
    throw cause
  }
}

/** Claims a folder for an owner unless it has one, and returns the owner. Of concurrent callers one wins. */
export async function claimFolder(
  root: string,
  owner: string,
  tempPath: (suffix: string) => Promise<string>,
): Promise<string> {
  const currentOwner = await readFolderOwner(root)
  if (currentOwner !== undefined) return currentOwner
  await mkdir(root, { recursive: true })
  const path = await tempPath(ownerFile)
  try {
    await writeFile(path, `${owner}\n`)
    await syncPath(path)
    await link(path, join(root, ownerFile)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "EEXIST") throw cause
    })
    await syncPath(root)
  } finally {
    await rm(path, { force: true })
  }
  return (await readFolderOwner(root)) ?? owner
}
