import { randomUUID } from "node:crypto"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"

import type { Store } from "./store.ts"

/**
 * Creates a read-only view of a store: temporary files are written to a separate folder, where no run removes them
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
    mayHaveTemp: async () => false,
    removeTemp: rejectWrite,
  }
}
