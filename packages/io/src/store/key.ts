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

/** The key as it is; a FreshetError when it could lead out of the store. */
export function validKey(key: string): string {
  const segments = key.split("/")
  const good = segments.every((each) => /^[^\\\0:]+$/.test(each) && !each.startsWith("."))
  if (!good) throw new FreshetError("store", `"${key}" is not a key of the store`)
  return key
}
