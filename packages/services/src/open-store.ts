import { openFolderStore, type Store } from "@freshet/io"

import type { Config } from "./config.ts"

/** Opens the store of the datasets that the configuration names. */
export function openStore({ lake }: Pick<Config, "lake">): Store {
  return openFolderStore(lake)
}
