import { createHash } from "node:crypto"
import { readdirSync, statSync, type BigIntStats } from "node:fs"
import { join } from "node:path"

import { FreshetError } from "@freshet/core"

import type { ListedFile } from "./landed-files.ts"

/** An entry of a folder of the landing zone: a file, or a folder of part files. Paths are relative to the landing zone. */
export type LandedEntry = { readonly name: string; readonly path: string } & (
  | { readonly kind: "file"; readonly file: ListedFile }
  | { readonly kind: "folder" }
)

/** A folder as it was found. */
export interface ListedFolder {
  /** In the order of their names, without hidden and temporary ones; none when there is no such folder. */
  readonly entries: readonly LandedEntry[]
  /** How many names there are of just these, and a hash over them and over all of their status that makes them what they are. */
  readonly mark: string
}

/** What lies in a folder of the landing zone. */
export function listFolder(landingFolder: string, folder: string): ListedFolder {
  const prefix = folder === "" ? "" : `${folder}/`
  const entries: LandedEntry[] = []
  const mark = lookInto(join(landingFolder, folder), (name, stats) => {
    if (stats.isFile()) {
      const path = `${prefix}${name}`
      entries.push({ kind: "file", name, path, file: listedFile(path, stats) })
    } else if (stats.isDirectory()) entries.push({ kind: "folder", name, path: `${prefix}${name}` })
  })
  return { entries: entries.toSorted(byName), mark }
}

/** The mark that `listFolder` gives, for less work. */
export function folderMark(landingFolder: string, folder: string): string {
  return lookInto(join(landingFolder, folder), () => {})
}

/**
 * Shows what lies in a folder, except links that lead nowhere, and marks it. The file system's order stays the same
 * while the folder does; numbers are hashed as they are, since tens of thousands of them would take long as text.
 */
function lookInto(place: string, see: (name: string, stats: BigIntStats) => void): string {
  const names = namesIn(place).filter((name) => !isPassing(name))
  const numbers = new BigInt64Array(names.length * 5)
  let at = 0
  for (const name of names) {
    const stats = statusOf(`${place}/${name}`)
    if (stats !== undefined) {
      numbers[at] = stats.mode
      numbers[at + 1] = stats.size
      numbers[at + 2] = stats.ino
      numbers[at + 3] = stats.mtimeNs
      numbers[at + 4] = stats.ctimeNs
      see(name, stats)
    }
    at += 5
  }
  const hash = createHash("sha256")
    .update(`${names.join("/")}//`)
    .update(numbers)
  return `${names.length} ${hash.digest("base64url")}`
}

function byName(one: LandedEntry, other: LandedEntry): number {
  if (one.name === other.name) return 0
  return one.name < other.name ? -1 : 1
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
