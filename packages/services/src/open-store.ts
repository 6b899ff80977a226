import { join } from "node:path"

import { isValidKey, openFolderStore, openS3Store, type Store } from "@freshet/io"

import { type Config, isObjectStoreUrl } from "./config.ts"

type StoreConfig = Pick<Config, "lake" | "home" | "cacheMb" | "s3Region" | "s3PathStyle">

/** Opens the store of the datasets, a folder or an object store. A key that no store can have, from a damaged ledger, is of a missing file. */
export function openStore(config: StoreConfig): Store {
  const store = isObjectStoreUrl(config.lake)
    ? openObjectStore(config)
    : openFolderStore(config.lake)
  return {
    ...store,
    exists: async (key) => isValidKey(key) && (await store.exists(key)),
    identify: async (key) => (isValidKey(key) ? store.identify(key) : undefined),
    measure: async (key) => (isValidKey(key) ? store.measure(key) : undefined),
    locate: (key) => (key === undefined || isValidKey(key) ? store.locate(key) : key),
  }
}

function openObjectStore({ lake, home, cacheMb, s3Region, s3PathStyle }: StoreConfig): Store {
  return openS3Store(lake, {
    cacheFolder: join(home, "cache"),
    maxCacheBytes: cacheMb * 1_000_000,
    region: s3Region,
    usesPathStyle: s3PathStyle,
  })
}
