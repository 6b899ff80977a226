import type { SourceAsset } from "@freshet/core"
import type { Problem } from "@freshet/core/engine"

import type { ListedFile } from "./hashed-file.ts"
import { type LandedEntry, listFolder } from "./list-folder.ts"
import { type NameMatch, type PathPattern, parsePathPattern, matchName } from "./path-pattern.ts"
import {
  type UnrecognizedName,
  toUnrecognizedNameProblems,
  toDuplicateProblem,
} from "./unrecognized-names.ts"

/** One partition of a source as it lies in the landing zone: a file, or the files of a folder, in the order of their names. */
export interface ListedPartition {
  readonly source: SourceAsset
  readonly partition: number
  readonly files: readonly ListedFile[]
}

/** The result of a walk through the landing zone: names, sizes and times only. */
export interface LandingListing {
  readonly partitions: readonly ListedPartition[]
  readonly problems: readonly Problem[]
}

/** Finds the files of every source; each folder is listed once. */
export function listLanding(
  sources: readonly SourceAsset[],
  landingFolder: string,
): LandingListing {
  const patterns = sources.map(parsePathPattern)
  const folders = [...new Set(patterns.map(({ folder }) => folder))]
  const listAndFingerprint = (folder: string) => listFolder(landingFolder, folder)
  const listings = folders.map((folder) => {
    const entries = listAndFingerprint(folder)
    return listSourceFolder({
      list: listAndFingerprint,
      patterns: patterns.filter((pattern) => pattern.folder === folder),
      entries: entries.filter(
        ({ kind, path }) => kind === "file" || !isParentFolder(folders, path),
      ),
    })
  })
  return {
    partitions: listings.flatMap(({ partitions }) => partitions),
    problems: listings.flatMap(({ problems }) => problems),
  }
}

function isParentFolder(folders: readonly string[], path: string): boolean {
  return folders.some((folder) => folder === path || folder.startsWith(`${path}/`))
}

interface SourceFolder {
  readonly list: (folder: string) => readonly LandedEntry[]
  readonly patterns: readonly PathPattern[]
  readonly entries: readonly LandedEntry[]
}

function listSourceFolder({ list, patterns, entries }: SourceFolder): LandingListing {
  const partitions: ListedPartition[] = []
  const problems: Problem[] = []
  const unrecognizedNames: UnrecognizedName[] = []
  const matchedEntries = new Set<LandedEntry>()
  for (const pattern of patterns) {
    for (const [partition, [first, ...duplicates]] of matchEntries(pattern, entries)) {
      if (first === undefined) continue
      if (duplicates.length > 0) problems.push(toDuplicateProblem(pattern, [first, ...duplicates]))
      const { files, folders } = listFiles(first, list)
      if (files.length > 0) partitions.push({ source: pattern.source, partition, files })
      unrecognizedNames.push(
        ...folders.map((name): UnrecognizedName => ({ kind: "folder", pattern, name })),
      )
      for (const entry of [first, ...duplicates]) matchedEntries.add(entry)
    }
  }
  const unmatchedEntries = entries.filter((entry) => !matchedEntries.has(entry))
  unrecognizedNames.push(
    ...unmatchedEntries.flatMap(({ name }) => toUnrecognizedNames(patterns, name)),
  )
  return { partitions, problems: [...problems, ...toUnrecognizedNameProblems(unrecognizedNames)] }
}

/** Partition → its entries: one, or two if it landed plain and compressed. */
function matchEntries(
  pattern: PathPattern,
  entries: readonly LandedEntry[],
): ReadonlyMap<number, readonly LandedEntry[]> {
  const byPartition = new Map<number, LandedEntry[]>()
  for (const entry of entries) {
    const match = matchName(pattern, entry.name)
    if (!isRowsEntry(match, entry)) continue
    const partitionEntries = byPartition.get(match.partition)
    if (partitionEntries === undefined) byPartition.set(match.partition, [entry])
    else partitionEntries.push(entry)
  }
  return byPartition
}

/** A folder of part files has the plain name; its files are compressed one by one. */
function isRowsEntry(
  match: NameMatch,
  entry: LandedEntry,
): match is Extract<NameMatch, { readonly kind: "partition" }> {
  return match.kind === "partition" && !(match.isCompressed && entry.kind === "folder")
}

function listFiles(entry: LandedEntry, list: SourceFolder["list"]) {
  if (entry.kind === "file") return { files: [entry.file], folders: [] }
  const parts = list(entry.path)
  return {
    files: parts.flatMap((part) => (part.kind === "file" ? [part.file] : [])),
    folders: parts.flatMap(({ kind, name }) =>
      kind === "folder" ? [`${entry.name}/${name}`] : [],
    ),
  }
}

/** The source that an unread name is most likely meant for: one whose names are made like it, or else the first. */
function toUnrecognizedNames(
  patterns: readonly PathPattern[],
  name: string,
): readonly UnrecognizedName[] {
  const matches = patterns.map((pattern) => ({ pattern, kind: matchName(pattern, name).kind }))
  const outsideMatch = matches.find(({ kind }) => kind === "outside")
  if (outsideMatch !== undefined) return [{ kind: "outside", pattern: outsideMatch.pattern, name }]
  const closestMatch = matches.find(({ kind }) => kind === "no_key") ?? matches[0]
  return closestMatch === undefined ? [] : [{ kind: "no_key", pattern: closestMatch.pattern, name }]
}
