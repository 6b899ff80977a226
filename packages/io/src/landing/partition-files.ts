import type { ListedFile } from "./hashed-file.ts"
import type { FolderListing, LandedEntry } from "./list-folder.ts"
import { isTemporaryName } from "./list-folder.ts"
import type { PathPattern } from "./path-pattern.ts"

/** The reason why the files of a partition cannot be used. */
export interface PartitionProblem {
  readonly kind: "ambiguous" | "unreadable"
  /** Without a full stop: `likes/2026-01-05.json is a link that leads nowhere`. */
  readonly message: string
  /** The files and folders that are at fault. */
  readonly paths: readonly string[]
  readonly hint: string
}

/** The files of a partition, the folders among its part files, and its problem. */
export interface PartitionFiles {
  readonly files: readonly ListedFile[]
  readonly folders: readonly string[]
  readonly problem: PartitionProblem | undefined
}

/** Resolves the entries of a partition to its files: one entry, unless the path has a `*`. */
export function resolveEntries(
  pattern: PathPattern,
  entries: readonly LandedEntry[],
  list: (folder: string) => FolderListing,
): PartitionFiles {
  const duplicates = pattern.isMany ? findCompressedTwins(entries) : entries
  if (duplicates.length > 1) return { files: [], folders: [], problem: createAmbiguity(duplicates) }
  const results = entries.map((entry) => resolveEntry(entry, list))
  const problem = results.find((result) => result.problem !== undefined)?.problem
  const files = problem === undefined ? results.flatMap((result) => result.files) : []
  return {
    files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    folders: results.flatMap(({ folders }) => folders),
    problem,
  }
}

/** Finds two entries that are the same file, plain and compressed. */
function findCompressedTwins(entries: readonly LandedEntry[]): readonly LandedEntry[] {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]))
  for (const entry of entries) {
    const twin = byPath.get(`${entry.path}.gz`)
    if (twin !== undefined) return [entry, twin]
  }
  return []
}

/** Resolves a file, or a folder of part files. */
function resolveEntry(entry: LandedEntry, list: (folder: string) => FolderListing): PartitionFiles {
  if (entry.kind === "file") return { files: [entry.file], folders: [], problem: undefined }
  if (entry.kind === "unreadable") return createUnreadable(entry.path, entry.reason)
  const listing = list(entry.path)
  if (listing.kind === "unreadable") return createUnreadable(entry.path, listing.reason)
  const parts = listing.entries.filter(({ name }) => !isTemporaryName(name))
  for (const part of parts)
    if (part.kind === "unreadable") return createUnreadable(part.path, part.reason)
  return {
    files: parts.flatMap((part) => (part.kind === "file" ? [part.file] : [])),
    folders: parts.flatMap(({ kind, name }) =>
      kind === "folder" ? [`${entry.name}/${name}`] : [],
    ),
    problem: undefined,
  }
}

function createUnreadable(path: string, reason: string): PartitionFiles {
  return { files: [], folders: [], problem: createUnreadableProblem(path, reason) }
}

/** The problem of a partition with a file that cannot be read. */
export function createUnreadableProblem(
  path: string,
  reason: string,
  hint = "Land it again, or remove it.",
): PartitionProblem {
  return { kind: "unreadable", message: `${path} ${reason}`, paths: [path], hint }
}

function createAmbiguity(entries: readonly LandedEntry[]): PartitionProblem {
  const paths = entries.map(({ path }) => path)
  const folder = paths[0]?.slice(0, Math.max(0, paths[0].lastIndexOf("/"))) ?? ""
  const isOneFolder = entries.every(({ name, path }) => path === joinPath(folder, name))
  const names = isOneFolder ? entries.map(({ name }) => name) : paths
  const place = isOneFolder ? ` in ${folder === "" ? "the landing zone" : folder}` : ""
  return {
    kind: "ambiguous",
    message: `${names.join(", ")}${place} are the same partition`,
    paths,
    hint: "Keep one of them.",
  }
}

function joinPath(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`
}
