import type { SourceAsset } from "@freshet/core"
import { findPartition, isTimed, splitLandingPath } from "@freshet/core/engine"

/** The paths at which the files of a source lie: names of folders and of files below a folder that is always the same. */
export interface PathPattern {
  readonly source: SourceAsset
  readonly folder: string
  /** One a level; the last one is of the files. */
  readonly segments: readonly SegmentPattern[]
  /** The path has a `*`, so that a partition may have several files. */
  readonly isMany: boolean
}

/** The names of one level. */
interface SegmentPattern {
  readonly pattern: RegExp
  /** Matches the same names with anything in place of the key. */
  readonly loosePattern: RegExp
  /** The names begin with a `*`. */
  readonly beginsWithAnything: boolean
  /** The placeholders, in the order of the pattern's groups. */
  readonly placeholders: readonly string[]
}

/** Placeholder → its text in a path. */
export type PathFields = ReadonlyMap<string, string>

/** The meaning of a file's name to a source. */
export type NameMatch =
  | { readonly kind: "partition"; readonly partition: number; readonly isCompressed: boolean }
  /** Like the source's names, with something else in place of the key. */
  | { readonly kind: "no_key" }
  /** A partition before the source's first one or after its last one. */
  | { readonly kind: "outside" }
  | { readonly kind: "other" }

/** Parses the path of a source. */
export function parsePathPattern(source: SourceAsset): PathPattern {
  const { folder, names } = splitLandingPath(source.path)
  return {
    source,
    folder,
    segments: names.map((name) => parseSegment(source, name)),
    isMany: source.path.includes("*"),
  }
}

function parseSegment(source: SourceAsset, name: string): SegmentPattern {
  const parts = name.split(/(\{\w+\}|\*)/)
  const placeholders = parts.flatMap((part) => /^\{(\w+)\}$/.exec(part)?.[1] ?? [])
  const toPattern = (toText: (part: string) => string | undefined) =>
    new RegExp(`^${parts.map((part) => toText(part) ?? escapeText(part)).join("")}$`, "s")
  return {
    beginsWithAnything: name.startsWith("*"),
    placeholders,
    pattern: toPattern((part) => (part === "*" ? ".*" : getPlaceholderPattern(source, part))),
    loosePattern: toPattern((part) => (/^(?:\{\w+\}|\*)$/.test(part) ? ".*" : undefined)),
  }
}

const datePatterns: Readonly<Record<string, string>> = {
  "{yyyy}": String.raw`(\d{4})`,
  "{mm}": String.raw`(\d{2})`,
  "{dd}": String.raw`(\d{2})`,
  "{hh}": String.raw`(\d{2})`,
}

const keyPatterns: Readonly<Record<string, string>> = {
  hourly: String.raw`(\d{4}-\d{2}-\d{2}T\d{2}.*?)`,
  daily: String.raw`(\d{4}-\d{2}-\d{2})`,
  weekly: String.raw`(\d{4}-W\d{2})`,
  monthly: String.raw`(\d{4}-\d{2})`,
}

function getPlaceholderPattern({ partitions }: SourceAsset, part: string): string | undefined {
  return part === "{partition}" ? (keyPatterns[partitions.kind] ?? "(.*)") : datePatterns[part]
}

/** Matches the name of a folder on the way to the files; undefined when it does not lead to any. */
export function matchFolder(
  { segments }: PathPattern,
  depth: number,
  name: string,
): PathFields | undefined {
  return segments[depth] && matchSegment(segments[depth], name)
}

/** Tests if a folder on the way to the files is named after a partition of the source. */
export function matchPartitionFolder(pattern: PathPattern, depth: number, name: string): boolean {
  const key = matchFolder(pattern, depth, name)?.get("partition")
  return key !== undefined && findNamedPartition(pattern.source, key) !== undefined
}

function matchSegment({ pattern, placeholders }: SegmentPattern, name: string) {
  const match = pattern.exec(name)
  if (match === null) return undefined
  const fields = new Map<string, string>()
  for (const [at, placeholder] of placeholders.entries()) {
    const text = match[at + 1] ?? ""
    if ((fields.get(placeholder) ?? text) !== text) return undefined
    fields.set(placeholder, text)
  }
  return fields
}

/** Finds the partition whose rows a file has, plain or compressed; `folderFields` are those of the folders above it. */
export function matchName(
  pattern: PathPattern,
  name: string,
  folderFields: PathFields = new Map(),
): NameMatch {
  const match = matchPlainName(pattern, name, folderFields)
  if (match.kind !== "other" || !name.endsWith(".gz")) return match
  const compressedMatch = matchPlainName(pattern, name.slice(0, -".gz".length), folderFields)
  return compressedMatch.kind === "partition"
    ? { ...compressedMatch, isCompressed: true }
    : compressedMatch
}

function matchPlainName(
  { segments, source }: PathPattern,
  name: string,
  folderFields: PathFields,
): NameMatch {
  const segment = segments.at(-1)
  const fields = segment && matchSegment(segment, name)
  if (fields === undefined)
    return { kind: segment?.loosePattern.test(name) === true ? "no_key" : "other" }
  const partition = findPathPartition(source, mergeFields(folderFields, fields))
  if (partition === undefined) return { kind: "no_key" }
  return isWithinPartitions(source, partition)
    ? { kind: "partition", partition, isCompressed: false }
    : { kind: "outside" }
}

/** Joins the fields of two levels; undefined when they contradict each other. */
export function mergeFields(
  folderFields: PathFields,
  nameFields: PathFields,
): PathFields | undefined {
  for (const [placeholder, text] of nameFields)
    if ((folderFields.get(placeholder) ?? text) !== text) return undefined
  return new Map([...folderFields, ...nameFields])
}

function findPathPartition(
  source: SourceAsset,
  fields: PathFields | undefined,
): number | undefined {
  if (fields === undefined) return undefined
  const [year = "", month = "", day = "", hour = ""] = ["yyyy", "mm", "dd", "hh"].map((name) =>
    fields.get(name),
  )
  const dateKeys = {
    hourly: `${year}-${month}-${day}T${hour}`,
    daily: `${year}-${month}-${day}`,
    weekly: "",
    monthly: `${year}-${month}`,
    static: "",
    none: "all",
  }
  const key = fields.get("partition") ?? dateKeys[source.partitions.kind]
  const dateParts = [year, month, day, hour]
  const keyParts = [key.slice(0, 4), key.slice(5, 7), key.slice(8, 10), key.slice(11, 13)]
  const isConsistent = dateParts.every((part, at) => part === "" || part === keyParts[at])
  return isConsistent ? findNamedPartition(source, key) : undefined
}

/** Finds the partition of a text in a name. A key that cannot be a file name is encoded as in a URL: `us/east` as `us%2Feast`. */
function findNamedPartition({ partitions }: SourceAsset, text: string): number | undefined {
  const index = findPartition(partitions, text)
  if (index !== undefined || partitions.kind !== "static" || !text.includes("%")) return index
  try {
    return findPartition(partitions, decodeURIComponent(text))
  } catch {
    return undefined
  }
}

function isWithinPartitions({ partitions }: SourceAsset, partition: number): boolean {
  if (!isTimed(partitions)) return true
  return partition >= partitions.start && partition <= (partitions.end ?? Infinity)
}

function escapeText(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
}
