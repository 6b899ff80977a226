import { join } from "node:path"

import type { Publisher } from "@freshet/core/engine"
import {
  createPublisher,
  createRowReader,
  type DuckdbEngine,
  openEngine,
  type Store,
} from "@freshet/io"

import type { Config } from "./config.ts"
import { openStore } from "./open-store.ts"
import { getSessionOptions } from "./session-options.ts"

/** What makes, keeps and publishes rows. */
export interface Runtime {
  readonly engine: DuckdbEngine
  readonly store: Store
  readonly publisher: Publisher
}

/** What an engine is wanted for. */
interface RuntimeOptions {
  readonly signal?: AbortSignal
  readonly url: string
  readonly reportsProgress?: boolean
  /** Where it spills, if that is not the place of all. */
  readonly spillFolder?: string
}

/** Lends the engine over the configured store; DuckDB itself is loaded when it is first asked for something. */
export async function withRuntime<T>(
  config: Config,
  { signal, url, reportsProgress = false, spillFolder }: RuntimeOptions,
  work: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  const store = openStore(config)
  const engine = openEngine({
    ...getSessionOptions(config, spillFolder),
    connections: config.concurrency + 1,
    progress: reportsProgress,
    signal,
    store,
    landedPath: (path) => join(config.landing, path),
  })
  try {
    const publisher = createPublisher({ url, readRows: createRowReader(engine.session, store) })
    return await work({ engine, store, publisher })
  } finally {
    await engine.close()
  }
}
