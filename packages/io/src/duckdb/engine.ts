import type { Engine } from "@freshet/core/engine"

import type { CodeProcessOptions } from "../code/code-process.ts"
import { createCodeProcesses } from "../code/code-processes.ts"
import type { LandedLine, LandedLinesRequest } from "../input/landed-lines.ts"
import { createLandedCopier } from "../landing/copy-landed-file.ts"
import type { EngineContext } from "./engine-context.ts"
import type { RelationQuery } from "./engine-tasks.ts"
import type { Trace, TraceRequest } from "./provenance/trace-request.ts"
import { createQueryEngine, type QueryEngine } from "./query-engine.ts"
import type { QueryRows } from "./query-rows.ts"
import type { ReadOnlyQuery } from "./read-only-query.ts"
import { openSession, type Session, type SessionOptions } from "./session.ts"

/** The engine of this process: core's interface, and the queries of commands. */
export interface DuckdbEngine extends Engine, QueryEngine {
  /** Runs a query over these relations and streams its rows in batches. */
  readonly query: <T>(
    request: RelationQuery,
    consume: (rows: QueryRows) => Promise<T>,
  ) => Promise<T>
  /** Runs a person's query, which can read the relations that it names and nothing else. */
  readonly queryNamed: <T>(
    query: ReadOnlyQuery,
    consume: (rows: QueryRows) => Promise<T>,
  ) => Promise<T>
  /** Finds the landed lines that made a row of a stored partition. Throws a FreshetError. */
  readonly traceRow: (request: TraceRequest) => Promise<Trace>
  /** Reads lines of a landed file as they are. Throws a FreshetError. */
  readonly readLandedLines: (request: LandedLinesRequest) => Promise<readonly LandedLine[]>
  /** The session for code that streams stored rows, such as publication. */
  readonly session: Session
  readonly close: () => Promise<void>
}

/** The resources of the engine, the store, and the landing zone. */
export interface EngineOptions
  extends SessionOptions, Omit<EngineContext, "session" | "codeProcesses"> {
  /** The programs of the processes that run code of assets. Without them code runs in this process. */
  readonly code?: CodeProcessOptions | undefined
}

/** Opens an engine; cheap, since DuckDB and the code that uses it are loaded on first use. Close it at the end. */
export function openEngine(options: EngineOptions): DuckdbEngine {
  const session = openSession(options)
  const codeProcesses = options.code && createCodeProcesses(options.code)
  const context: EngineContext = {
    session,
    store: options.store,
    landingZone: options.landingZone,
    signal: options.signal,
    codeProcesses,
  }
  const loadTasks = () => import("./engine-tasks.ts")
  return {
    compute: async (request, progress, log) =>
      (await loadTasks()).computePartition({ ...context, log }, request, progress),
    check: async (request) => (await loadTasks()).checkStored(context, request),
    recompute: async (request) => (await loadTasks()).recomputePartition(context, request),
    copyLanded: createLandedCopier(context),
    readDataVersion: async (asset, file) => (await loadTasks()).storedContent(context, asset, file),
    ...createQueryEngine(session),
    query: async (request, use) => (await loadTasks()).queryRelations(context, request, use),
    queryNamed: async (query, consume) =>
      (await loadTasks()).queryNamed(context, { query, options }, consume),
    traceRow: async (request) => (await loadTasks()).traceRow(context, request),
    readLandedLines: async (request) => (await loadTasks()).readLinesOfFile(context, request),
    session,
    close: async () => {
      await codeProcesses?.close()
      await session.close()
    },
  }
}
