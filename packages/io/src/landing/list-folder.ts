import { readdirSync, statSync, type BigIntStats } from "node:fs"
import { join } from "node:path"

import { FreshetError } from "@freshet/core"

import type { ListedFile } from "./landed-files.ts"

/** An entry of a folder of the landing zone: a file, or a folder of part files. Paths are relative to the landing zone. */
export type LandedEntry = { readonly name: string; readonly path: string } & (
  | { readonly kind: "file"; readonly file: ListedFile }
  | { readonly kind: "folder" }
)

/** Lists a folder of the landing zone by name, without hidden and temporary entries; empty when the folder does not exist. */
export function listFolder(landingFolder: string, folder: string): readonly LandedEntry[] {
  const place = join(landingFolder, folder)
  const prefix = folder === "" ? "" : `${folder}/`
  return namesIn(place)
    .filter((name) => !isPassing(name))
    .toSorted()
    .flatMap((name) => entryAt(`${place}/${name}`, `${prefix}${name}`, name))
}

/** Describes one entry; a broken link has none. */
function entryAt(place: string, path: string, name: string): readonly LandedEntry[] {
  const stats = statusOf(place)
  if (stats?.isFile() === true) return [{ kind: "file", name, path, file: listedFile(path, stats) }]
  return stats?.isDirectory() === true ? [{ kind: "folder", name, path }] : []
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (cause) {
    if (isMissing(cause)) return []
    throw unreadable(folder, cause)
  }
}

function statusOf(place: string): BigIntStats | undefined {
  try {
    return statSync(place, { bigint: true, throwIfNoEntry: false })
  } catch (cause) {
    throw unreadable(place, cause)
  }
}

function unreadable(place: string, cause: unknown): FreshetError {
  return new FreshetError("input", `The landing zone cannot be read: ${place}.`, {
    cause,
    hint: "See that it may be read by this user, and that links in it lead somewhere.",
  })
}

/** Names that writers give to what is not yet, or never will be, a file of data. */
function isPassing(name: string): boolean {
  return /^[._]|\.(?:tmp|part)$/.test(name)
}

/** A file as its status describes it. */
export function listedFile(path: string, stats: BigIntStats): ListedFile {
  const { ino, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = stats
  return {
    path,
    bytes: Number(stats.size),
    identity: `${ino} ${mtimeNs} ${ctimeNs}`,
    changedMs: Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs),
  }
}

/** Whether the file system says that there is nothing by that name. */
function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT"
}
