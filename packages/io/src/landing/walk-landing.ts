import type { ListFolder } from "./landing-zone.ts"
import { isTemporaryName, type LandedEntry } from "./list-folder.ts"
import { matchFolder, matchName, matchPartitionFolder, mergeFields } from "./path-pattern.ts"
import type { PathFields, PathPattern } from "./path-pattern.ts"
import type { UnreadableFolder, UnrecognizedName } from "./unrecognized-names.ts"

/** The entries of the landing zone by the partitions that they belong to. */
export interface LandingWalk {
  readonly entries: ReadonlyMap<PathPattern, ReadonlyMap<number, readonly LandedEntry[]>>
  readonly unrecognizedNames: readonly UnrecognizedName[]
  readonly unreadableFolders: readonly UnreadableFolder[]
  readonly list: ListFolder
}

/** A source whose files may lie in a folder, or below it. */
interface Cursor {
  readonly pattern: PathPattern
  /** Which level of the pattern the names of this folder are. */
  readonly depth: number
  readonly fields: PathFields
}

interface WalkState {
  readonly entries: Map<PathPattern, Map<number, LandedEntry[]>>
  readonly unrecognizedNames: UnrecognizedName[]
  readonly unreadableFolders: UnreadableFolder[]
  readonly list: ListFolder
  readonly rememberedFiles: ReadonlyMap<string, unknown>
  readonly startFolders: readonly string[]
}

/** Walks the folders in which the files of sources may lie. */
export function walkLanding(
  patterns: readonly PathPattern[],
  list: ListFolder,
  rememberedFiles: ReadonlyMap<string, unknown>,
): LandingWalk {
  const startFolders = [...new Set(patterns.map(({ folder }) => folder))]
  const state: WalkState = {
    entries: new Map(patterns.map((pattern) => [pattern, new Map()])),
    unrecognizedNames: [],
    unreadableFolders: [],
    list,
    rememberedFiles,
    startFolders,
  }
  for (const folder of startFolders) {
    const folderPatterns = patterns.filter((pattern) => pattern.folder === folder)
    walkFolder(
      state,
      folder,
      folderPatterns.map((pattern) => ({ pattern, depth: 0, fields: new Map() })),
    )
  }
  return state
}

function walkFolder(state: WalkState, folder: string, cursors: readonly Cursor[]): void {
  const listing = state.list(folder)
  if (listing.kind === "unreadable") {
    const [cursor] = cursors
    if (cursor !== undefined)
      state.unreadableFolders.push({ folder, reason: listing.reason, pattern: cursor.pattern })
  }
  const entries =
    listing.kind === "listed"
      ? listing.entries
      : createUnreadableEntries(state, { folder, reason: listing.reason }, cursors)
  for (const entry of entries) {
    const isStartFolder = entry.kind === "folder" && isAncestor(state.startFolders, entry.path)
    if (!visitEntry(state, entry, cursors) && !isStartFolder) addUnrecognized(state, entry, cursors)
  }
}

/** Tests if the folder contains the files of another source. */
function isAncestor(startFolders: readonly string[], path: string): boolean {
  return startFolders.some((folder) => folder === path || folder.startsWith(`${path}/`))
}

/** Describes what an unreadable folder had when it was read last, and the files that have one name for good. */
function createUnreadableEntries(
  { rememberedFiles }: WalkState,
  { folder, reason }: { readonly folder: string; readonly reason: string },
  cursors: readonly Cursor[],
): readonly LandedEntry[] {
  const prefix = folder === "" ? "" : `${folder}/`
  const rememberedNames = [...rememberedFiles.keys()].flatMap((path) =>
    path.startsWith(prefix) ? [path.slice(prefix.length).split("/")[0] ?? ""] : [],
  )
  const fixedNames = cursors.flatMap(({ pattern }) =>
    pattern.source.partitions.kind === "none" && !pattern.isMany
      ? [pattern.source.path.slice(prefix.length)]
      : [],
  )
  const names = new Set(rememberedNames.length > 0 ? rememberedNames : fixedNames)
  return [...names].map((name) => ({
    kind: "unreadable",
    name,
    path: prefix + name,
    reason: `lies in ${folder === "" ? "the landing zone" : folder}, which ${reason}`,
  }))
}

/** Adds the entry to its partitions and walks folders of sources; false for an entry of no source. */
function visitEntry(state: WalkState, entry: LandedEntry, cursors: readonly Cursor[]): boolean {
  if (isTemporaryName(entry.name)) return !isHiddenPartition(entry, cursors)
  const nextCursors: Cursor[] = []
  let isMatched = false
  for (const cursor of cursors) {
    const isLast = cursor.depth === cursor.pattern.segments.length - 1
    if (isLast) isMatched = addEntry(state, entry, cursor) || isMatched
    else if (entry.kind !== "file") nextCursors.push(...advance(cursor, entry.name))
  }
  if (nextCursors.length > 0) walkFolder(state, entry.path, nextCursors)
  return isMatched || nextCursors.length > 0
}

/** A hidden name is passed over in silence, unless it is exactly the name of a partition or of a folder of one. */
function isHiddenPartition({ name, kind }: LandedEntry, cursors: readonly Cursor[]): boolean {
  return cursors.some(({ pattern, depth, fields }) => {
    const { segments } = pattern
    if (segments[depth]?.beginsWithAnything !== false) return false
    return depth === segments.length - 1
      ? matchName(pattern, name, fields).kind === "partition"
      : kind !== "file" && matchPartitionFolder(pattern, depth, name)
  })
}

function advance({ pattern, depth, fields }: Cursor, name: string): readonly Cursor[] {
  const folderFields = matchFolder(pattern, depth, name)
  const merged = folderFields && mergeFields(fields, folderFields)
  return merged === undefined ? [] : [{ pattern, depth: depth + 1, fields: merged }]
}

/** Tests if a matching entry holds rows. A folder of part files has the uncompressed name; its files are compressed individually. */
function addEntry(
  { entries }: WalkState,
  entry: LandedEntry,
  { pattern, fields }: Cursor,
): boolean {
  const match = matchName(pattern, entry.name, fields)
  if (match.kind !== "partition" || (match.isCompressed && entry.kind === "folder")) return false
  const byPartition = entries.get(pattern)
  const partitionEntries = byPartition?.get(match.partition)
  if (partitionEntries === undefined) byPartition?.set(match.partition, [entry])
  else partitionEntries.push(entry)
  return true
}

/** Reports a name to the source that it is most likely meant for: one with names like it, or else the first. */
function addUnrecognized(
  { unrecognizedNames }: WalkState,
  { name }: LandedEntry,
  cursors: readonly Cursor[],
): void {
  const matches = cursors.map(({ pattern, fields, depth }) => ({
    pattern,
    kind:
      depth === pattern.segments.length - 1
        ? matchName(pattern, name, fields).kind
        : matchPartitionFolder(pattern, depth, name)
          ? "partition"
          : "other",
  }))
  const outside = matches.find(({ kind }) => kind === "outside")
  const hidden = matches.find(({ kind }) => kind === "partition" && isTemporaryName(name))
  const closest = outside ?? hidden ?? matches.find(({ kind }) => kind === "no_key") ?? matches[0]
  if (closest === undefined) return
  const kind = outside === undefined ? (hidden === undefined ? "no_key" : "hidden") : "outside"
  unrecognizedNames.push({ kind, pattern: closest.pattern, name })
}
