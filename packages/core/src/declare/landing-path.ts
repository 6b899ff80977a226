import { formatPartitionKey, type Partitions } from "./partition.ts"

/** A path in the landing zone: a folder that is always the same, and the names below it, one a level. */
export interface LandingPath {
  readonly folder: string
  readonly names: readonly string[]
}

/** Splits the path of a source before the first level that has a placeholder or a `*`; the last level is the file's. */
export function splitLandingPath(path: string): LandingPath {
  const names = path.split("/")
  const firstVariable = names.findIndex((name) => /[{*]/.test(name))
  const start = firstVariable < 0 ? names.length - 1 : firstVariable
  return { folder: names.slice(0, start).join("/"), names: names.slice(start) }
}

/** Lists the placeholders of a path, each once: `yyyy` of `{yyyy}`. */
export function listPlaceholders(path: string): readonly string[] {
  return [...new Set([...path.matchAll(/\{(\w*)\}/g)].map(([, name = ""]) => name))]
}

/**
 * Formats the path at which the file of a partition is expected; a `*` stays. A static key is encoded as in a URL, and
 * so is its first character where the name of a file or a folder would be hidden.
 */
export function formatLandingPath(path: string, partitions: Partitions, index: number): string {
  const key = formatPartitionKey(partitions, index)
  const encodedKey = encodeURIComponent(key).replaceAll("%2B", "+")
  const visibleKey = encodedKey.replace(/^_/, "%5F").replace(/^\./, "%2E")
  return path
    .replaceAll(/(^|\/)\{partition\}/g, (_, start: string) => `${start}${visibleKey}`)
    .replaceAll("{partition}", encodedKey)
    .replaceAll("{yyyy}", key.slice(0, 4))
    .replaceAll("{mm}", key.slice(5, 7))
    .replaceAll("{dd}", key.slice(8, 10))
    .replaceAll("{hh}", key.slice(11, 13))
}
