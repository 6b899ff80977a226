import { lstat, readdir, rm } from "node:fs/promises"
import { join } from "node:path"

import type { TempFileTotals } from "./store.ts"

/** A temporary file of another process. */
interface TempFile {
  readonly path: string
  readonly bytes: number
}

/** Lists the temporary files in a folder, except those of this process. */
export async function listTempFiles(
  temp: string,
  ownNames: ReadonlySet<string>,
): Promise<readonly TempFile[]> {
  const names = await readdir(temp).catch((): string[] => [])
  const paths = names.filter((name) => !ownNames.has(name)).map((name) => join(temp, name))
  return Promise.all(
    paths.map(async (path) => {
      const stats = await lstat(path).catch(() => undefined) // its owner may have ended meanwhile
      return { path, bytes: stats?.size ?? 0 }
    }),
  )
}

/** Removes the temporary files in a folder, except those of this process. */
export async function removeTempFiles(
  temp: string,
  ownNames: ReadonlySet<string>,
): Promise<TempFileTotals> {
  const tempFiles = await listTempFiles(temp, ownNames)
  await Promise.all(tempFiles.map(({ path }) => rm(path, { recursive: true, force: true })))
  return sumTempFiles(tempFiles)
}

/** Adds up the sizes of temporary files. */
export function sumTempFiles(tempFiles: readonly TempFile[]): TempFileTotals {
  return { files: tempFiles.length, bytes: tempFiles.reduce((sum, { bytes }) => sum + bytes, 0) }
}
