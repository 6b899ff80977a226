import { join } from "node:path"

import {
  type ClosablePublisher,
  type CodeProgram,
  createPublisher,
  createRowComparer,
  createRowReader,
  createScratchStore,
  type DuckdbEngine,
  type LandingZone,
  openEngine,
  type Store,
} from "@freshet/io"

import type { Config } from "./config.ts"
import { getSessionOptions } from "./session-options.ts"

/** The adapters that compute, store and publish rows. */
export interface Runtime {
  readonly engine: DuckdbEngine
  readonly store: Store
  readonly publisher: ClosablePublisher
}

/** Describes the runtime of a project. */
export interface RuntimeOptions {
  readonly kind: "run" | "query" | "recompute"
  readonly url: string
  readonly store: Store
  readonly landingZone: LandingZone
  readonly signal: AbortSignal
  readonly reportsProgress: boolean
  readonly codeProgram: CodeProgram | undefined
}

/** A runtime that opens on the first call. */
export interface LazyRuntime {
  readonly get: () => Runtime
  readonly close: () => Promise<void>
}

/** Prepares the runtime of a project. DuckDB itself is loaded when the engine computes the first time. */
export function createLazyRuntime(config: Config, options: RuntimeOptions): LazyRuntime {
  let runtime: Runtime | undefined
  return {
    get: () => (runtime ??= openRuntime(config, options)),
    close: async () => {
      await runtime?.publisher.close()
      await runtime?.engine.close()
    },
  }
}

function openRuntime(config: Config, options: RuntimeOptions): Runtime {
  const { kind, signal, url, codeProgram } = options
  const store: Store =
    kind === "recompute"
      ? createScratchStore(options.store, () => engine.session.scratchFolder())
      : options.store
  const engine = openEngine({
    ...getSessionOptions(config, ...(kind === "run" ? [getRunSpillFolder(config)] : [])),
    connections: kind === "recompute" ? 2 : config.concurrency + 1,
    progress: kind === "run" && options.reportsProgress,
    signal,
    store,
    landingZone: options.landingZone,
    code: codeProgram && { ...codeProgram, memoryMb: config.codeMemoryMb },
  })
  const { session } = engine
  const publisher = createPublisher({
    url,
    readRows: createRowReader(session, store),
    comparer: createRowComparer(session, store),
    limits: {
      statementMs: 1000 * config.statementTimeoutSeconds,
      lockMs: 1000 * config.lockTimeoutSeconds,
    },
  })
  return { engine, store, publisher }
}

/** Runs spill into a folder of their own, which is cleared of what killed runs left while no other run is under way. */
function getRunSpillFolder({ home }: Config): string {
  return join(home, "spill", "run")
}
