import {
  type Asset,
  type CheckRequest,
  type CheckResult,
  type Engine,
  type Relation,
  type PartitionText,
} from "@freshet/core"

import { somePartition } from "./bound-reads.ts"
import { checkAll } from "./check.ts"
import { computePartition, rederivePartition } from "./compute.ts"
import { measureContents } from "./content.ts"
import { engineFailure } from "./failure.ts"
import { queryEngine, type QueryEngine } from "./query-engine.ts"
import { type QueryRows, streamRows } from "./query.ts"
import { createRelations } from "./relations.ts"
import { type Connection, openSession, type Session, type SessionOptions } from "./session.ts"
import type { Workshop } from "./workshop.ts"

/** The engine of this process: core's, and what the commands ask of DuckDB besides. */
export interface DuckdbEngine extends Engine, QueryEngine {
  /** Runs a person's query over these relations and lends its rows, a batch at a time. */
  readonly query: <T>(
    request: {
      readonly sql: string
      readonly relations: readonly Relation[]
      readonly partition?: PartitionText
    },
    use: (rows: QueryRows) => Promise<T>,
  ) => Promise<T>
  /** For whoever streams stored rows: publication does. */
  readonly session: Session
  readonly close: () => Promise<void>
}

/** What an engine needs: what it may use, the store, and the way to the files of the landing zone. */
export interface EngineOptions extends SessionOptions, Omit<Workshop, "session"> {}

/** Opens an engine; cheap, since DuckDB is loaded on first use. Close it at the end. */
export function openEngine(options: EngineOptions): DuckdbEngine {
  const session = openSession(options)
  const workshop: Workshop = {
    session,
    store: options.store,
    landedPath: options.landedPath,
    signal: options.signal,
  }
  return {
    compute: (request, progress) => computePartition(workshop, request, progress),
    check: (request) => checkStored(workshop, request),
    rederive: (request) => rederivePartition(workshop, request),
    contentOf: (asset, file) => storedContent(workshop, asset, file),
    ...queryEngine(session),
    query: ({ sql, relations, partition = somePartition }, use) =>
      withRelations(workshop, relations, partition, (connection) =>
        streamRows(connection, sql, use),
      ),
    session,
    close: session.close,
  }
}

async function checkStored(
  workshop: Workshop,
  { asset, checks, file, partition, relations }: CheckRequest,
): Promise<readonly CheckResult[]> {
  const path = workshop.store.path(file)
  return await withRelations(workshop, relations, partition, async (connection) => {
    try {
      const rows = await measureContents(connection, [
        { asset, columns: asset.columns, path, partition },
      ])
      return await checkAll(connection, rows, () => checks)
    } catch (cause) {
      throw engineFailure(`the stored rows of \`${asset.name}\` (${file})`, cause)
    }
  })
}

async function storedContent(
  { session, store }: Workshop,
  { columns }: Asset,
  file: string,
): Promise<string | undefined> {
  if (!(await store.exists(file))) return undefined
  const path = store.path(file)
  return await session.withConnection(async (connection) => {
    // a file that is no Parquet any more, or lacks a column, holds other content, whatever it is
    const measured = await measureContents(connection, [{ columns, path }]).catch(unlessStopped)
    return measured[0]?.content.dataVersion
  })
}

function unlessStopped(cause: unknown): readonly [] {
  const failure = engineFailure("the stored rows", cause)
  if (failure.code === "interrupted") throw failure
  return []
}

/** Lends a connection on which the relations are known. Lines of sources that cannot be taken are left out and not kept. */
async function withRelations<T>(
  { session, store, landedPath }: Workshop,
  relations: readonly Relation[],
  partition: PartitionText,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  return await session.withConnection(async (connection) => {
    const landing = {
      connection,
      partition,
      landedPath,
      scratchFolder: session.scratchFolder,
      judge: "quick",
    } as const
    await createRelations(relations, store, landing)
    return await work(connection)
  })
}
