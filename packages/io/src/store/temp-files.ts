import { randomUUID } from "node:crypto"
import { lstat, mkdir, readdir, rm } from "node:fs/promises"
import { join } from "node:path"

import type { TempFileTotals } from "./store.ts"

/** A folder of temporary files. Only those of other processes are measured and removed. */
export interface TempFolder {
  /** Returns a new path in the folder, which exists then. */
  readonly createPath: (suffix: string) => Promise<string>
  readonly measure: () => Promise<TempFileTotals>
  readonly remove: () => Promise<TempFileTotals>
}

/** Opens a folder of temporary files, which is created on demand. */
export function openTempFolder(folder: string): TempFolder {
  const ownNames = new Set<string>() // names of the temporary files of this process
  const list = () => listFiles(folder, ownNames)
  return {
    createPath: async (suffix) => {
      await mkdir(folder, { recursive: true })
      const name = `${randomUUID()}${suffix}`
      ownNames.add(name)
      return join(folder, name)
    },
    measure: async () => sumFiles(await list()),
    remove: async () => {
      const files = await list()
      await Promise.all(files.map(({ path }) => rm(path, { recursive: true, force: true })))
      return sumFiles(files)
    },
  }
}

interface TempFile {
  readonly path: string
  readonly bytes: number
}

async function listFiles(
  folder: string,
  excludedNames: ReadonlySet<string>,
): Promise<readonly TempFile[]> {
  const names = await readdir(folder).catch((): string[] => [])
  const paths = names.filter((name) => !excludedNames.has(name)).map((name) => join(folder, name))
  return Promise.all(
    paths.map(async (path) => {
      const stats = await lstat(path).catch(() => undefined) // its owner may have ended meanwhile
      return { path, bytes: stats?.size ?? 0 }
    }),
  )
}

function sumFiles(files: readonly TempFile[]): TempFileTotals {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
}
