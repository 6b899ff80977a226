import { lstat, readdir, rm } from "node:fs/promises"
import { join } from "node:path"

import type { TempFileTotals } from "@freshet/io"

/** Selects the spill folders that killed commands left: those without a change since a time. */
export interface SpillOptions {
  readonly olderThanMs: number
  readonly dryRun: boolean
}

/** Removes the spill folders of killed commands, and measures them. */
export async function removeSpillFolders(
  home: string,
  { olderThanMs, dryRun }: SpillOptions,
): Promise<TempFileTotals> {
  const parent = join(home, "spill")
  let [files, bytes] = [0, 0]
  for (const name of await readdir(parent).catch((): string[] => [])) {
    const folder = join(parent, name)
    const folderSize = await measureFolder(folder)
    if (folderSize.modifiedMs >= olderThanMs) continue
    files += folderSize.files
    bytes += folderSize.bytes
    if (!dryRun) await rm(folder, { recursive: true, force: true })
  }
  return { files, bytes }
}

/** Measures a folder and finds its latest change. Links are not followed. */
async function measureFolder(folder: string) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries.map((entry) => ({
    path: join(entry.parentPath, entry.name),
    isFile: entry.isFile(),
  }))
  const stats = await Promise.all(
    [{ path: folder, isFile: false }, ...paths].map(async ({ path, isFile }) => {
      const fileStat = await lstat(path).catch(() => undefined) // its owner may have ended meanwhile
      return { isFile, bytes: fileStat?.size ?? 0, modifiedMs: fileStat?.mtimeMs ?? 0 }
    }),
  )
  const files = stats.filter(({ isFile }) => isFile)
  return {
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    modifiedMs: stats.reduce((last, stat) => Math.max(last, stat.modifiedMs), 0),
  }
}
