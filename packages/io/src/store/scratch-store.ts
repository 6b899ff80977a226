import { randomUUID } from "node:crypto"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"

import type { Store } from "./store.ts"

/**
 * A store as who only looks sees it: temporary files are written to a folder of one's own, where no run sweeps them
 * away, and nothing is committed or removed.
 */
export function createScratchStore(store: Store, scratchFolder: () => Promise<string>): Store {
  const rejectWrite = async () => {
    throw new FreshetError("store", "the store is only looked at")
  }
  return {
    ...store,
    tempPath: async (suffix) => join(await scratchFolder(), `${randomUUID()}${suffix}`),
    commit: rejectWrite,
    remove: rejectWrite,
    claim: rejectWrite,
    probe: rejectWrite,
    removeTemp: rejectWrite,
  }
}
