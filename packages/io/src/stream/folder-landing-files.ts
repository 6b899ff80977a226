import { randomUUID } from "node:crypto"
import { link, open, readdir, readFile, rename, rm } from "node:fs/promises"
import { dirname, join } from "node:path"

import { FreshetError } from "@freshet/core/engine"

import { createFolderDurably } from "../store/durable-folder.ts"
import { syncPath } from "../store/sync.ts"
import type { LandingFiles, MovedFile } from "./landing-files.ts"

/** Opens the files of a landing zone in a folder. */
export function openFolderLandingFiles(root: string): LandingFiles {
  const resolve = (path: string) => join(root, path)
  const files: LandingFiles = {
    list: (folder) => listNames(resolve(folder)),
    read: (path) => readFile(resolve(path), "utf8"),
    write: (path, content) => writeDurably(root, resolve(path), content),
    createIfAbsent: (path, text) => createIfAbsent(root, resolve(path), text),
    move: (moved) => moveFiles(root, moved),
    remove: async (paths) => {
      for (const path of paths) await rm(resolve(path), { force: true })
    },
  }
  return {
    list: (folder) => files.list(folder).catch(throwLandingError(root)),
    read: (path) => files.read(path).catch(throwLandingError(root)),
    write: (path, content) => files.write(path, content).catch(throwLandingError(root)),
    createIfAbsent: (path, text) => files.createIfAbsent(path, text).catch(throwLandingError(root)),
    move: (moved) => files.move(moved).catch(throwLandingError(root)),
    remove: (paths) => files.remove(paths).catch(throwLandingError(root)),
  }
}

function throwLandingError(root: string): (cause: NodeJS.ErrnoException) => never {
  return (cause) => {
    const message = `the landing zone cannot be written: ${root} (${cause.code ?? cause.message})`
    const hint =
      cause.code === "ENOSPC" ? "Free some space on the disk of the landing zone." : undefined
    throw new FreshetError("store", message, { cause, hint })
  }
}

function isMissing({ code }: NodeJS.ErrnoException): boolean {
  return code === "ENOENT"
}

async function listNames(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (isMissing(cause)) return []
    throw cause
  })
  return names.filter((name) => !name.endsWith(".tmp")).toSorted()
}

async function writeDurably(
  root: string,
  path: string,
  content: readonly Uint8Array[],
): Promise<void> {
  await createFolderDurably(dirname(path), root)
  const file = await open(path, "wx")
  try {
    await file.writeFile(Buffer.concat(content))
    await file.datasync()
  } finally {
    await file.close()
  }
  await syncPath(dirname(path))
}

/** A link to a complete file is created at once, and by one process only. */
async function createIfAbsent(root: string, path: string, text: string): Promise<boolean> {
  const temp = `${path}.${randomUUID()}.tmp`
  await writeDurably(root, temp, [Buffer.from(text)])
  try {
    await link(temp, path)
    await syncPath(dirname(path))
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false
    throw cause
  } finally {
    await rm(temp, { force: true })
  }
}

/** Another process may move the same files at the same time, so that their folders are synced in any case. */
async function moveFiles(root: string, files: readonly MovedFile[]): Promise<void> {
  for (const { staged, path } of files) {
    await createFolderDurably(dirname(join(root, path)), root)
    await rename(join(root, staged), join(root, path)).catch((cause: NodeJS.ErrnoException) => {
      if (!isMissing(cause)) throw cause
    })
  }
  const folders = new Set(files.map(({ path }) => dirname(join(root, path))))
  await Promise.all([...folders].map(syncPath))
}
