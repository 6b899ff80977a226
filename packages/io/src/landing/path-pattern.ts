import { findPartition, isTimed, type SourceAsset } from "@freshet/core"

/** Where the files of a source lie: all in one folder, each named by its partition. */
export interface PathPattern {
  readonly source: SourceAsset
  readonly folder: string
  readonly prefix: string
  readonly suffix: string
  /** The whole name, for a source whose path does not mention the partition. */
  readonly onlyKey: string | undefined
}

/** What a name in the pattern's folder says to a source. */
export type NameMeaning =
  | { readonly kind: "partition"; readonly partition: number; readonly isCompressed: boolean }
  /** Made like the source's names, with something else in the place of the key. */
  | { readonly kind: "no_key" }
  /** A day before the source begins or after it ends. */
  | { readonly kind: "outside" }
  | { readonly kind: "other" }

const placeholder = "{partition}"

/** A source's path, taken apart. */
export function pathPattern(source: SourceAsset): PathPattern {
  const parts = source.path.split("/")
  const name = parts.at(-1) ?? ""
  const folder = parts.slice(0, -1).join("/")
  const [prefix = "", suffix] = name.split(placeholder)
  return suffix === undefined
    ? { source, folder, prefix, suffix: "", onlyKey: "all" }
    : { source, folder, prefix, suffix, onlyKey: undefined }
}

/** What the name means to the source: which partition's rows it holds, plain or compressed. */
export function readName(pattern: PathPattern, name: string): NameMeaning {
  const plain = readPlainName(pattern, name)
  if (plain.kind !== "other" || !name.endsWith(".gz")) return plain
  const compressed = readPlainName(pattern, name.slice(0, -".gz".length))
  return compressed.kind === "partition" ? { ...compressed, isCompressed: true } : compressed
}

function readPlainName(pattern: PathPattern, name: string): NameMeaning {
  const { prefix, suffix, onlyKey, source } = pattern
  const fits =
    name.startsWith(prefix) && name.endsWith(suffix) && name.length >= prefix.length + suffix.length
  if (!fits || (onlyKey !== undefined && name !== prefix)) return { kind: "other" }
  const key = onlyKey ?? name.slice(prefix.length, name.length - suffix.length)
  const partition = partitionNamed(source, key)
  if (partition === undefined) return { kind: "no_key" }
  return isInside(source, partition)
    ? { kind: "partition", partition, isCompressed: false }
    : { kind: "outside" }
}

/** A key that cannot be a file's name is written as in a URL: `us/east` as `us%2Feast`. */
function partitionNamed({ partitions }: SourceAsset, text: string): number | undefined {
  const index = findPartition(partitions, text)
  if (index !== undefined || partitions.kind !== "static" || !text.includes("%")) return index
  try {
    return findPartition(partitions, decodeURIComponent(text))
  } catch {
    return undefined
  }
}

function isInside({ partitions }: SourceAsset, partition: number): boolean {
  if (!isTimed(partitions)) return true
  return partition >= partitions.start && partition <= (partitions.end ?? Infinity)
}
