import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import {
  type DuckdbEngine,
  openEngine,
  openFolderLanding,
  openFolderStore,
  type Store,
} from "@freshet/io"

export interface EngineFixture {
  readonly engine: DuckdbEngine
  readonly store: Store
  /** Where landed files may be written. */
  readonly landing: string
}

/** Runs `work` with an engine over an empty store and a landing folder, an empty one by default. */
export async function withEngine<T>(
  options: { readonly landing?: string; readonly threads?: number },
  work: (fixture: EngineFixture) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "freshet-assets-"))
  const landing = options.landing ?? join(folder, "landing")
  const store = openFolderStore(join(folder, "store"))
  const engine = openEngine({
    memoryLimitMb: 512,
    threads: options.threads ?? 1,
    connections: 1,
    spillFolder: join(folder, "spill"),
    store,
    landingZone: openFolderLanding(landing),
  })
  try {
    return await work({ engine, store, landing })
  } finally {
    await engine.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
