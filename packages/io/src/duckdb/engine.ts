import type { Asset } from "@freshet/core"
import type {
  CheckRequest,
  CheckResult,
  Engine,
  PartitionText,
  Relation,
} from "@freshet/core/engine"

import type { Store } from "../store/store.ts"
import { examplePartition } from "./asset-reads.ts"
import { computePartition, recomputePartition } from "./compute-partition.ts"
import { measureContents } from "./content.ts"
import type { EngineContext } from "./engine-context.ts"
import { toEngineError } from "./engine-error.ts"
import { createQueryEngine, type QueryEngine } from "./query-engine.ts"
import { type QueryRows, streamRows } from "./query-rows.ts"
import { type ReadOnlyQuery, streamReadOnlyRows } from "./read-only-query.ts"
import { createRelations } from "./relations.ts"
import { runChecks } from "./run-checks.ts"
import { type Connection, openSession, type Session, type SessionOptions } from "./session.ts"

/** The engine of this process: core's, and what the commands ask of DuckDB besides. */
export interface DuckdbEngine extends Engine, QueryEngine {
  /** Runs a query over these relations and lends its rows, a batch at a time. */
  readonly query: <T>(
    request: {
      readonly sql: string
      readonly relations: readonly Relation[]
      readonly partition?: PartitionText
    },
    consume: (rows: QueryRows) => Promise<T>,
  ) => Promise<T>
  /** Runs a person's query, which can read the relations that it names and nothing else. */
  readonly queryNamed: <T>(
    query: ReadOnlyQuery,
    consume: (rows: QueryRows) => Promise<T>,
  ) => Promise<T>
  /** For whoever streams stored rows: publication does. */
  readonly session: Session
  readonly close: () => Promise<void>
}

/** What an engine needs: what it may use, the store, and the way to the files of the landing zone. */
export interface EngineOptions extends SessionOptions, Omit<EngineContext, "session"> {}

/** Opens an engine; cheap, since DuckDB is loaded on first use. Close it at the end. */
export function openEngine(options: EngineOptions): DuckdbEngine {
  const session = openSession(options)
  const context: EngineContext = {
    session,
    store: options.store,
    landedPath: options.landedPath,
    signal: options.signal,
  }
  return {
    compute: (request, progress) => computePartition(context, request, progress),
    check: (request) => checkStoredRows(context, request),
    recompute: (request) => recomputePartition(context, request),
    readDataVersion: (asset, file) => readStoredContent(context, asset, file),
    ...createQueryEngine(session),
    query: ({ sql, relations, partition = examplePartition }, use) =>
      withRelations(context, relations, partition, (connection) =>
        streamRows(connection, sql, use),
      ),
    queryNamed: (query, consume) =>
      streamReadOnlyRows(
        {
          options,
          store: options.store,
          createRelations: ({ connection, ...target }, relations) =>
            relateForQuery({ ...context, ...target }, connection, relations, examplePartition),
        },
        query,
        consume,
      ),
    session,
    close: session.close,
  }
}

async function checkStoredRows(
  context: EngineContext,
  { asset, checks, file, partition, relations }: CheckRequest,
): Promise<readonly CheckResult[]> {
  const path = await context.store.localPath(file)
  return await withRelations(context, relations, partition, async (connection) => {
    try {
      const rows = await measureContents(connection, [
        { asset, columns: asset.columns, path, partition },
      ])
      return await runChecks(connection, rows, () => checks)
    } catch (cause) {
      throw toEngineError(`the stored rows of \`${asset.name}\` (${file})`, cause)
    }
  })
}

async function readStoredContent(
  { session, store }: EngineContext,
  { columns }: Asset,
  file: string,
): Promise<string | undefined> {
  const path = await localPathIfStored(store, file)
  if (path === undefined) return undefined
  return await session.withConnection(async (connection) => {
    // a file that is no Parquet any more, or lacks a column, holds other content, whatever it is
    const measuredFiles = await measureContents(connection, [{ columns, path }]).catch(
      rethrowIfInterrupted,
    )
    return measuredFiles[0]?.content.dataVersion
  })
}

/** Another process may remove the file between two looks at the store. */
async function localPathIfStored(store: Store, file: string): Promise<string | undefined> {
  try {
    return await store.localPath(file)
  } catch (cause) {
    if (await store.exists(file)) throw cause
    return undefined
  }
}

function rethrowIfInterrupted(cause: unknown): readonly [] {
  const failure = toEngineError("the stored rows", cause)
  if (failure.code === "interrupted") throw failure
  return []
}

/** Lends a connection on which the relations are known. */
async function withRelations<T>(
  workshop: EngineContext,
  relations: readonly Relation[],
  partition: PartitionText,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  return await workshop.session.withConnection(async (connection) => {
    await relateForQuery(workshop, connection, relations, partition)
    return await work(connection)
  })
}

/** Makes relations known to the connection. Lines of sources that cannot be taken are left out and not kept. */
async function relateForQuery(
  { session, store, landedPath }: EngineContext,
  connection: Connection,
  relations: readonly Relation[],
  partition: PartitionText,
): Promise<void> {
  const { scratchFolder } = session
  const landing = { connection, partition, landedPath, scratchFolder, parser: "fast" } as const
  await createRelations(relations, store, landing)
}
