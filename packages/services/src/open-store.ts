import { isValidKey, openFolderStore, type Store } from "@freshet/io"

import type { Config } from "./config.ts"

/** Opens the store of the datasets that the configuration names. A key that no store can have, from a damaged ledger, is of a missing file. */
export function openStore({ lake }: Pick<Config, "lake">): Store {
  const store = openFolderStore(lake)
  return {
    ...store,
    exists: async (key) => isValidKey(key) && (await store.exists(key)),
    identify: async (key) => (isValidKey(key) ? store.identify(key) : undefined),
    measure: async (key) => (isValidKey(key) ? store.measure(key) : undefined),
    locate: (key) => (key === undefined || isValidKey(key) ? store.locate(key) : key),
  }
}
