import type { Problem, SourceAsset } from "@freshet/core"

import type { ListedFile } from "./landed-files.ts"
import { type LandedEntry, listFolder } from "./list-folder.ts"
import { type NameMeaning, type PathPattern, pathPattern, readName } from "./path-pattern.ts"
import { type Stray, strayProblems, twiceProblem } from "./stray-names.ts"

/** One partition of a source as it lies in the landing zone: a file, or the files of a folder, in the order of their names. */
export interface FoundPartition {
  readonly source: SourceAsset
  readonly partition: number
  readonly files: readonly ListedFile[]
}

/** What a walk through the landing zone finds, by names, sizes and times only. */
export interface Found {
  readonly partitions: readonly FoundPartition[]
  readonly problems: readonly Problem[]
}

/** Finds the files of every source; each folder is listed once. */
export function findLanded(sources: readonly SourceAsset[], landingFolder: string): Found {
  const patterns = sources.map(pathPattern)
  const folders = [...new Set(patterns.map(({ folder }) => folder))]
  const list = (folder: string) => listFolder(landingFolder, folder)
  const found = folders.map((folder) => {
    const entries = list(folder)
    return findInFolder({
      list,
      patterns: patterns.filter((pattern) => pattern.folder === folder),
      entries: entries.filter(({ kind, path }) => kind === "file" || !leadsTo(folders, path)),
    })
  })
  return {
    partitions: found.flatMap(({ partitions }) => partitions),
    problems: found.flatMap(({ problems }) => problems),
  }
}

function leadsTo(folders: readonly string[], path: string): boolean {
  return folders.some((folder) => folder === path || folder.startsWith(`${path}/`))
}

interface FolderOfSources {
  readonly list: (folder: string) => readonly LandedEntry[]
  readonly patterns: readonly PathPattern[]
  readonly entries: readonly LandedEntry[]
}

function findInFolder({ list, patterns, entries }: FolderOfSources): Found {
  const partitions: FoundPartition[] = []
  const problems: Problem[] = []
  const strays: Stray[] = []
  const used = new Set<LandedEntry>()
  for (const pattern of patterns) {
    for (const [partition, [first, ...others]] of entriesOf(pattern, entries)) {
      if (first === undefined) continue
      if (others.length > 0) problems.push(twiceProblem(pattern, [first, ...others]))
      const { files, folders } = filesOf(first, list)
      if (files.length > 0) partitions.push({ source: pattern.source, partition, files })
      strays.push(...folders.map((name): Stray => ({ kind: "folder", pattern, name })))
      for (const entry of [first, ...others]) used.add(entry)
    }
  }
  const unused = entries.filter((entry) => !used.has(entry))
  strays.push(...unused.flatMap(({ name }) => strayIn(patterns, name)))
  return { partitions, problems: [...problems, ...strayProblems(strays)] }
}

/** Partition → the entries that stand for it: one, unless somebody landed it plain and compressed. */
function entriesOf(
  pattern: PathPattern,
  entries: readonly LandedEntry[],
): ReadonlyMap<number, readonly LandedEntry[]> {
  const byPartition = new Map<number, LandedEntry[]>()
  for (const entry of entries) {
    const meaning = readName(pattern, entry.name)
    if (!holdsRows(meaning, entry)) continue
    const others = byPartition.get(meaning.partition)
    if (others === undefined) byPartition.set(meaning.partition, [entry])
    else others.push(entry)
  }
  return byPartition
}

/** A folder of part files has the plain name; its files are compressed one by one. */
function holdsRows(
  meaning: NameMeaning,
  entry: LandedEntry,
): meaning is Extract<NameMeaning, { readonly kind: "partition" }> {
  return meaning.kind === "partition" && !(meaning.isCompressed && entry.kind === "folder")
}

function filesOf(entry: LandedEntry, list: FolderOfSources["list"]) {
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
function strayIn(patterns: readonly PathPattern[], name: string): readonly Stray[] {
  const read = patterns.map((pattern) => ({ pattern, kind: readName(pattern, name).kind }))
  const outside = read.find(({ kind }) => kind === "outside")
  if (outside !== undefined) return [{ kind: "outside", pattern: outside.pattern, name }]
  const near = read.find(({ kind }) => kind === "no_key") ?? read[0]
  return near === undefined ? [] : [{ kind: "no_key", pattern: near.pattern, name }]
}
