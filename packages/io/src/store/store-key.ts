import { FreshetError } from "@freshet/core/engine"

/** Builds the key of a partition's rows; `folder` is its partition key in a path. A new input version is a new file. */
export function buildOutputKey(asset: string, folder: string, inputVersion: string): string {
  return `${asset}/${folder}/${inputVersion}.parquet`
}

/** Builds the key of rows that failed a check. */
export function buildFailedRowsKey(asset: string, folder: string, inputVersion: string): string {
  return `failed_rows/${buildOutputKey(asset, folder, inputVersion)}`
}

/** Builds the key of a source step's quarantined lines. */
export function buildQuarantineKey(source: string, folder: string, inputVersion: string): string {
  return `quarantine/${source}/${folder}/${inputVersion}.jsonl`
}

/** Builds the key of a copy of a landed file; `hash` is the SHA-256 of its bytes. */
export function buildLandedKey(source: string, hash: string): string {
  return `landed/${source}/${hash.slice(0, 2)}/${hash}`
}

/** Returns the SHA-256 of the bytes that the copy of a landed file has, which is the last part of its key. */
export function getLandedKeyHash(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1)
}

/** The kind of file under a key. */
export type KeyKind = "rows" | "failed_rows" | "quarantine" | "landed"

const versionPattern = String.raw`[0-9a-f]{32}`
const keyPatterns: readonly (readonly [KeyKind, RegExp])[] = [
  ["failed_rows", new RegExp(`^(?:failed_rows|refused)/[^/]+/[^/]+/${versionPattern}\\.parquet$`)],
  ["quarantine", new RegExp(`^quarantine/[^/]+/[^/]+/${versionPattern}\\.jsonl$`)],
  ["landed", /^landed\/[^/]+\/[0-9a-f]{2}\/[0-9a-f]{64}$/],
  ["rows", new RegExp(`^[^/]+/[^/]+/${versionPattern}\\.parquet$`)],
]

/** Finds the kind of file that a step stored under a key; undefined for other keys. */
export function findKeyKind(key: string): KeyKind | undefined {
  return keyPatterns.find(([, pattern]) => pattern.test(key))?.[0]
}

/** Returns the asset or source of a key, by its name at that time. */
export function getKeyAsset(key: string): string {
  const segments = key.split("/")
  return segments[segments.length === 3 ? 0 : 1] ?? ""
}

/** Tests if text may stand between slashes of a key. */
export function isKeySegment(text: string): boolean {
  return /^[^\\\0:]+$/.test(text) && !text.startsWith(".")
}

/** Builds the error of a missing file. */
export function missingFile(key: string): FreshetError {
  return new FreshetError("store", `the store has no file ${key}`)
}

/** Tests if the key stays within a store. */
export function isValidKey(key: string): boolean {
  return key.split("/").every(isKeySegment)
}

/** Returns the key; throws a FreshetError if it could lead out of the store. */
export function requireValidKey(key: string): string {
  if (!isValidKey(key)) throw new FreshetError("store", `"${key}" is not a key of the store`)
  return key
}
