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
  const mark = lookInto(join(landingFolder, folder), (place, name) => {
    const stats = statSync(place, { bigint: true, throwIfNoEntry: false })
    if (stats === undefined) return undefined
    const path = `${prefix}${name}`
    if (stats.isFile()) entries.push({ kind: "file", name, path, file: listedFile(path, stats) })
    else if (stats.isDirectory()) entries.push({ kind: "folder", name, path })
    return plainStatus(stats)
  })
  return { entries: entries.toSorted(byName), mark }
}

/** The mark that `listFolder` gives, for less work. */
export function folderMark(landingFolder: string, folder: string): string {
  return lookInto(join(landingFolder, folder), (place) =>
    statSync(place, { throwIfNoEntry: false }),
  )
}

/** As plain numbers, which take less time to read: times to a quarter of a microsecond. */
type Status = Readonly<Record<"mode" | "size" | "ino" | "mtimeMs" | "ctimeMs", number>>

function plainStatus({ mode, size, ino, mtimeNs, ctimeNs }: BigIntStats): Status {
  return {
    mode: Number(mode),
    size: Number(size),
    ino: Number(ino),
    mtimeMs: millisecondsOf(mtimeNs),
    ctimeMs: millisecondsOf(ctimeNs),
  }
}

const second = 1_000_000_000n

/** As Node makes them of what the file system keeps: seconds, and nanoseconds on top of them. */
function millisecondsOf(nanoseconds: bigint): number {
  const rest = ((nanoseconds % second) + second) % second
  return Number((nanoseconds - rest) / second) * 1000 + Number(rest) / 1_000_000
}

/**
 * Looks at what lies in a folder, except links that lead nowhere, and marks it. The file system's order stays the same
 * while the folder does; numbers are hashed as they are, since tens of thousands of them would take long as text.
 */
function lookInto(
  folder: string,
  statusOf: (place: string, name: string) => Status | undefined,
): string {
  const names = namesIn(folder).filter((name) => !isPassing(name))
  const numbers = new Float64Array(names.length * 5)
  let at = 0
  for (const name of names) {
    const status = readable(`${folder}/${name}`, (place) => statusOf(place, name))
    if (status !== undefined) {
      numbers[at] = status.mode
      numbers[at + 1] = status.size
      numbers[at + 2] = status.ino
      numbers[at + 3] = status.mtimeMs
      numbers[at + 4] = status.ctimeMs
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

function readable<T>(place: string, read: (place: string) => T): T {
  try {
    return read(place)
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
