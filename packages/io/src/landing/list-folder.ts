import { readdirSync, statSync, type BigIntStats } from "node:fs"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"

import type { ListedFile } from "./hashed-file.ts"

/** An entry of a folder of the landing zone: a file, or a folder of part files. Paths are relative to the landing zone. */
export type LandedEntry = { readonly name: string; readonly path: string } & (
  | { readonly kind: "file"; readonly file: ListedFile }
  | { readonly kind: "folder" }
)

/** Lists a folder of the landing zone by name, without hidden and temporary entries; empty when the folder does not exist. */
export function listFolder(landingFolder: string, folder: string): readonly LandedEntry[] {
  const absoluteFolder = join(landingFolder, folder)
  const prefix = folder === "" ? "" : `${folder}/`
  return readNames(absoluteFolder)
    .filter((name) => !isTemporaryName(name))
    .toSorted()
    .flatMap((name) => toEntries(`${absoluteFolder}/${name}`, `${prefix}${name}`, name))
}

/** Describes one entry; a broken link has none. */
function toEntries(absolutePath: string, path: string, name: string): readonly LandedEntry[] {
  const stats = readStats(absolutePath)
  if (stats?.isFile() === true)
    return [{ kind: "file", name, path, file: toListedFile(path, stats) }]
  return stats?.isDirectory() === true ? [{ kind: "folder", name, path }] : []
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (cause) {
    if (isMissing(cause)) return []
    throw createUnreadableError(folder, cause)
  }
}

function readStats(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch (cause) {
    throw createUnreadableError(path, cause)
  }
}

function createUnreadableError(path: string, cause: unknown): FreshetError {
  return new FreshetError("input", `The landing zone cannot be read: ${path}.`, {
    cause,
    hint: "See that it may be read by this user, and that links in it lead somewhere.",
  })
}

/** Names that writers give to what is not yet, or never will be, a file of data. */
function isTemporaryName(name: string): boolean {
  return /^[._]|\.(?:tmp|part)$/.test(name)
}

/** A file as its status describes it. */
export function toListedFile(path: string, stats: BigIntStats): ListedFile {
  const { ino, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = stats
  return {
    path,
    bytes: Number(stats.size),
    identity: `${ino} ${mtimeNs} ${ctimeNs}`,
    changedMs: Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs),
  }
}

/** Tests if the file system reports that a name does not exist. */
function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT"
}
