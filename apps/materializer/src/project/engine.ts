import { join } from "node:path"

import type { Publisher } from "@freshet/core"
import {
  createPublisher,
  type DuckdbEngine,
  openEngine,
  openFolderStore,
  type Store,
  storedRows,
} from "@freshet/io"

import type { Config } from "../config.ts"
import { sessionOptions } from "./session-options.ts"

/** What makes, keeps and publishes rows. */
export interface Machinery {
  readonly engine: DuckdbEngine
  readonly store: Store
  readonly publisher: Publisher
}

/** What an engine is wanted for. */
interface EngineUse {
  readonly signal?: AbortSignal
  readonly url: string
  readonly progress?: boolean
  /** Where it spills, if that is not the place of all. */
  readonly spillFolder?: string
}

/** Lends the engine over the configured store; DuckDB itself is loaded when it is first asked for something. */
export async function withEngine<T>(
  config: Config,
  { signal, url, progress = false, spillFolder }: EngineUse,
  work: (machinery: Machinery) => Promise<T>,
): Promise<T> {
  const store = openFolderStore(config.lake)
  const engine = openEngine({
    ...sessionOptions(config, spillFolder),
    connections: config.concurrency + 1,
    progress,
    signal,
    store,
    landedPath: (path) => join(config.landing, path),
  })
  try {
    const publisher = createPublisher({ url, rowsOf: storedRows(engine.session, store) })
    return await work({ engine, store, publisher })
  } finally {
    await engine.close()
  }
}
