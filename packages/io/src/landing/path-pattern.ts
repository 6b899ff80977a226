import type { SourceAsset } from "@freshet/core"
import { findPartition, isTimed } from "@freshet/core/engine"

/** The location of a source's files: all in one folder, each named by its partition. */
export interface PathPattern {
  readonly source: SourceAsset
  readonly folder: string
  readonly prefix: string
  readonly suffix: string
  /** The whole name, for a source whose path does not mention the partition. */
  readonly onlyKey: string | undefined
}

/** The match of a name in the pattern's folder with a source. */
export type NameMatch =
  | { readonly kind: "partition"; readonly partition: number; readonly isCompressed: boolean }
  /** Made like the source's names, with something else in the place of the key. */
  | { readonly kind: "no_key" }
  /** A day before the source begins or after it ends. */
  | { readonly kind: "outside" }
  | { readonly kind: "other" }

const placeholder = "{partition}"

/** A source's path, taken apart. */
export function parsePathPattern(source: SourceAsset): PathPattern {
  const parts = source.path.split("/")
  const name = parts.at(-1) ?? ""
  const folder = parts.slice(0, -1).join("/")
  const [prefix = "", suffix] = name.split(placeholder)
  return suffix === undefined
    ? { source, folder, prefix, suffix: "", onlyKey: "all" }
    : { source, folder, prefix, suffix, onlyKey: undefined }
}

/** Matches a name with the pattern: the partition of its rows, plain or compressed. */
export function matchName(pattern: PathPattern, name: string): NameMatch {
  const match = matchPlainName(pattern, name)
  if (match.kind !== "other" || !name.endsWith(".gz")) return match
  const compressedMatch = matchPlainName(pattern, name.slice(0, -".gz".length))
  return compressedMatch.kind === "partition"
    ? { ...compressedMatch, isCompressed: true }
    : compressedMatch
}

function matchPlainName(pattern: PathPattern, name: string): NameMatch {
  const { prefix, suffix, onlyKey, source } = pattern
  const isMatch =
    name.startsWith(prefix) && name.endsWith(suffix) && name.length >= prefix.length + suffix.length
  if (!isMatch || (onlyKey !== undefined && name !== prefix)) return { kind: "other" }
  const key = onlyKey ?? name.slice(prefix.length, name.length - suffix.length)
  const partition = findNamedPartition(source, key)
  if (partition === undefined) return { kind: "no_key" }
  return isWithinPartitions(source, partition)
    ? { kind: "partition", partition, isCompressed: false }
    : { kind: "outside" }
}

/** A key that cannot be a file's name is written as in a URL: `us/east` as `us%2Feast`. */
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
