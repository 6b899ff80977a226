import { FreshetError } from "@freshet/core/engine"

/** Where the rows of one partition lie, whose key is `folder` in a path: a new input version is a new file. */
export function buildOutputKey(asset: string, folder: string, inputVersion: string): string {
  return `${asset}/${folder}/${inputVersion}.parquet`
}

/** Where rows lie that a check refused. */
export function buildFailedRowsKey(asset: string, folder: string, inputVersion: string): string {
  return `refused/${buildOutputKey(asset, folder, inputVersion)}`
}

/** Where the lines lie that a source's step could not take. */
export function buildQuarantineKey(source: string, folder: string, inputVersion: string): string {
  return `quarantine/${source}/${folder}/${inputVersion}.jsonl`
}

/** What a key says that lies under it. */
export type KeyKind = "rows" | "refused" | "quarantine"

const versionPattern = String.raw`[0-9a-f]{32}`
const keyPatterns: readonly (readonly [KeyKind, RegExp])[] = [
  ["refused", new RegExp(`^refused/[^/]+/[^/]+/${versionPattern}\\.parquet$`)],
  ["quarantine", new RegExp(`^quarantine/[^/]+/[^/]+/${versionPattern}\\.jsonl$`)],
  ["rows", new RegExp(`^[^/]+/[^/]+/${versionPattern}\\.parquet$`)],
]

/** What a step put there; undefined for a key that no step writes, however it came into the store. */
export function findKeyKind(key: string): KeyKind | undefined {
  return keyPatterns.find(([, pattern]) => pattern.test(key))?.[0]
}

/** Whose it is: an asset's or a source's, by the name that it had then. */
export function getKeyAsset(key: string): string {
  const segments = key.split("/")
  return segments[segments.length === 3 ? 0 : 1] ?? ""
}

/** Whether a key may have this between slashes. */
export function isKeySegment(text: string): boolean {
  return /^[^\\\0:]+$/.test(text) && !text.startsWith(".")
}

/** The error of a store that is asked for a file which it does not have. */
export function missingFile(key: string): FreshetError {
  return new FreshetError("store", `the store has no file ${key}`)
}

/** Whether the key stays within a store. */
export function isValidKey(key: string): boolean {
  return key.split("/").every(isKeySegment)
}

/** The key as it is; a FreshetError when it could lead out of the store. */
export function requireValidKey(key: string): string {
  if (!isValidKey(key)) throw new FreshetError("store", `"${key}" is not a key of the store`)
  return key
}
