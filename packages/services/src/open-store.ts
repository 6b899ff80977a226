import { isValidKey, openFolderStore, openS3Store, type Store } from "@freshet/io"

import { type Config, isObjectStoreUrl } from "./config.ts"
import { getObjectStoreOptions, type ObjectStoreConfig } from "./object-store-options.ts"

type StoreConfig = ObjectStoreConfig & Pick<Config, "lake">

/** Opens the store of the datasets, a folder or an object store. A key that no store can have, from a damaged ledger, is of a missing file. The signal ends requests to an object store. */
export function openStore(config: StoreConfig, signal?: AbortSignal): Store {
  const store = isObjectStoreUrl(config.lake)
    ? openS3Store(config.lake, getObjectStoreOptions(config, signal))
    : openFolderStore(config.lake)
  return {
    ...store,
    exists: async (key) => isValidKey(key) && (await store.exists(key)),
    identify: async (key) => (isValidKey(key) ? store.identify(key) : undefined),
    measure: async (key) => (isValidKey(key) ? store.measure(key) : undefined),
    locate: (key) => (key === undefined || isValidKey(key) ? store.locate(key) : key),
  }
}
