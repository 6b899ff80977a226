import { FreshetError } from "@freshet/core"

/** Where the rows of one partition lie, whose key is `folder` in a path: a new input version is a new file. */
export function outputKey(asset: string, folder: string, inputVersion: string): string {
  return `${asset}/${folder}/${inputVersion}.parquet`
}

/** Where rows lie that a check refused. */
export function refusedKey(asset: string, folder: string, inputVersion: string): string {
  return `refused/${outputKey(asset, folder, inputVersion)}`
}

/** Where the lines lie that a source's step could not take. */
export function quarantineKey(source: string, folder: string, inputVersion: string): string {
  return `quarantine/${source}/${folder}/${inputVersion}.jsonl`
}

/** What a key says that lies under it. */
export type KeyKind = "rows" | "refused" | "quarantine"

const version = String.raw`[0-9a-f]{32}`
const shapes: readonly (readonly [KeyKind, RegExp])[] = [
  ["refused", new RegExp(`^refused/[^/]+/[^/]+/${version}\\.parquet$`)],
  ["quarantine", new RegExp(`^quarantine/[^/]+/[^/]+/${version}\\.jsonl$`)],
  ["rows", new RegExp(`^[^/]+/[^/]+/${version}\\.parquet$`)],
]

/** What a step put there; undefined for a key that no step writes, however it came into the store. */
export function keyKind(key: string): KeyKind | undefined {
  return shapes.find(([, shape]) => shape.test(key))?.[0]
}

/** Whose it is: an asset's or a source's, by the name that it had then. */
export function keyOwner(key: string): string {
  const segments = key.split("/")
  return segments[segments.length === 3 ? 0 : 1] ?? ""
}

/** Whether a key may have this between slashes. */
export function isSegment(text: string): boolean {
  return /^[^\\\0:]+$/.test(text) && !text.startsWith(".")
}

/** The key as it is; a FreshetError when it could lead out of the store. */
export function validKey(key: string): string {
  const good = key.split("/").every(isSegment)
  if (!good) throw new FreshetError("store", `"${key}" is not a key of the store`)
  return key
}
