import { lstatSync, readdirSync, statSync, type BigIntStats } from "node:fs"
import { join } from "node:path"

import type { ListedFile } from "./hashed-file.ts"

/** An entry of a folder of the landing zone. Paths are relative to the landing zone. */
export type LandedEntry = { readonly name: string; readonly path: string } & (
  | { readonly kind: "file"; readonly file: ListedFile }
  | { readonly kind: "folder" }
  /** Something that cannot be read, for a reason that completes "the file …". */
  | { readonly kind: "unreadable"; readonly reason: string }
)

/** The entries of a folder by name, or the reason why they are unknown. */
export type FolderListing =
  | { readonly kind: "listed"; readonly entries: readonly LandedEntry[] }
  | { readonly kind: "unreadable"; readonly reason: string }

/** Lists a folder of the landing zone; a folder that does not exist has no entries. */
export function listFolder(landingFolder: string, folder: string): FolderListing {
  const absoluteFolder = join(landingFolder, folder)
  const prefix = folder === "" ? "" : `${folder}/`
  try {
    const entries = readdirSync(absoluteFolder)
      .toSorted()
      .flatMap((name) => toEntries(`${absoluteFolder}/${name}`, `${prefix}${name}`, name))
    return { kind: "listed", entries }
  } catch (cause) {
    if (getErrorCode(cause) === "ENOENT" && !isBrokenLink(absoluteFolder))
      return { kind: "listed", entries: [] }
    return { kind: "unreadable", reason: formatReadFailure(cause) }
  }
}

/** Describes one entry; one that was removed meanwhile has none. */
function toEntries(absolutePath: string, path: string, name: string): readonly LandedEntry[] {
  try {
    const stats = statSync(absolutePath, { bigint: true })
    if (stats.isFile()) return [{ kind: "file", name, path, file: toListedFile(path, stats) }]
    if (stats.isDirectory()) return [{ kind: "folder", name, path }]
    return [{ kind: "unreadable", name, path, reason: "is neither a file nor a folder" }]
  } catch (cause) {
    if (getErrorCode(cause) !== "ENOENT")
      return [{ kind: "unreadable", name, path, reason: formatReadFailure(cause) }]
    return isBrokenLink(absolutePath)
      ? [{ kind: "unreadable", name, path, reason: "is a link that leads nowhere" }]
      : []
  }
}

function isBrokenLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
}

const failureReasons: Readonly<Record<string, string>> = {
  EACCES: "may not be read by this user",
  EPERM: "may not be read by this user",
  ELOOP: "is a link that leads back to itself",
  ENOTDIR: "is not a folder",
  ENOENT: "is gone, or is a link that leads nowhere",
}

/** The reason why something cannot be read, which completes "the file …". */
export function formatReadFailure(cause: unknown): string {
  const code = getErrorCode(cause) ?? "unknown error"
  return failureReasons[code] ?? `cannot be read (${code})`
}

function getErrorCode(cause: unknown): string | undefined {
  return cause instanceof Error && "code" in cause ? String(cause.code) : undefined
}

/** A name that writers give to a file that is not yet complete, or to the marker of a complete one. */
export function isTemporaryName(name: string): boolean {
  return /^[._]|\.(?:tmp|part|done)$/.test(name)
}

/** Converts a file's status to its description. */
export function toListedFile(path: string, stats: BigIntStats): ListedFile {
  const { ino, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = stats
  return {
    path,
    bytes: Number(stats.size),
    identity: `${ino} ${mtimeNs} ${ctimeNs}`,
    changedMs: Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs),
  }
}
