import type { Asset } from "@freshet/core"
import type { CheckRequest, CheckResult, PartitionText, Relation } from "@freshet/core/engine"

import { type LandedLine, type LandedLinesRequest, readLandedLines } from "../input/landed-lines.ts"
import type { Store } from "../store/store.ts"
import { examplePartition } from "./asset-reads.ts"
import { measureContents } from "./content.ts"
import type { EngineContext } from "./engine-context.ts"
import { toEngineError } from "./engine-error.ts"
import { type QueryRows, streamRows } from "./query-rows.ts"
import { type ReadOnlyContext, type ReadOnlyQuery, streamReadOnlyRows } from "./read-only-query.ts"
import { createLandedPaths, createRelations } from "./relations.ts"
import { runChecks } from "./run-checks.ts"
import type { Connection, SessionOptions } from "./session.ts"
import { withTimeLimit } from "./time-limit.ts"

export { computePartition, recomputePartition } from "./compute-partition.ts"
export { traceRow } from "./provenance/trace-row.ts"

/** Reads lines of a landed file as they are. */
export function readLinesOfFile(
  context: EngineContext,
  request: LandedLinesRequest,
): Promise<readonly LandedLine[]> {
  const { scratchFolder } = context.session
  return readLandedLines(request, { localPath: createLandedPaths(context), scratchFolder })
}

/** A person's query over relations. */
export interface RelationQuery {
  readonly sql: string
  readonly relations: readonly Relation[]
  readonly partition?: PartitionText
}

/** Runs checks on the stored rows of a partition. */
export async function checkStored(
  context: EngineContext,
  { asset, checks, file, partition, relations }: CheckRequest,
): Promise<readonly CheckResult[]> {
  const path = await context.store.localPath(file)
  return await withTimeLimit(context, asset.computation, (limitedContext) =>
    withRelations(limitedContext, relations, partition, async (connection) => {
      try {
        const rows = await measureContents(connection, [
          { asset, columns: asset.columns, path, partition },
        ])
        return await runChecks(connection, rows, () => checks)
      } catch (cause) {
        throw toEngineError(`the stored rows of \`${asset.name}\` (${file})`, cause)
      }
    }),
  )
}

/** Measures the content of a stored file; undefined if the file is absent or unreadable. */
export async function storedContent(
  { session, store }: EngineContext,
  { columns }: Asset,
  file: string,
): Promise<string | undefined> {
  const path = await localPathIfStored(store, file)
  if (path === undefined) return undefined
  return await session.withConnection(async (connection) => {
    // a damaged file, or one without a declared column, has other content
    const measured = await measureContents(connection, [{ columns, path }]).catch(unlessStopped)
    return measured[0]?.content.dataVersion
  })
}

/** Finds the local path of a stored file; undefined if another process removed it. */
async function localPathIfStored(store: Store, file: string): Promise<string | undefined> {
  try {
    return await store.localPath(file)
  } catch (cause) {
    if (await store.exists(file)) throw cause
    return undefined
  }
}

function unlessStopped(cause: unknown): readonly [] {
  const failure = toEngineError("the stored rows", cause)
  if (failure.code === "interrupted") throw failure
  return []
}

/** Runs a query over relations and streams its rows. */
export async function queryRelations<T>(
  context: EngineContext,
  { sql, relations, partition = examplePartition }: RelationQuery,
  use: (rows: QueryRows) => Promise<T>,
): Promise<T> {
  return await withRelations(context, relations, partition, (connection) =>
    streamRows(connection, sql, use),
  )
}

/** Runs a person's query, which can read the relations that it names and nothing else. */
export async function queryNamed<T>(
  context: EngineContext,
  request: { readonly query: ReadOnlyQuery; readonly options: SessionOptions },
  consume: (rows: QueryRows) => Promise<T>,
): Promise<T> {
  const { query, options } = request
  const readOnlyContext: ReadOnlyContext = {
    options,
    store: context.store,
    createRelations: ({ connection, ...target }, relations) =>
      relateForQuery({ ...context, ...target }, connection, relations, examplePartition),
  }
  return await streamReadOnlyRows(readOnlyContext, query, consume)
}

/** Runs work on a connection with the relations. */
async function withRelations<T>(
  context: EngineContext,
  relations: readonly Relation[],
  partition: PartitionText,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  return await context.session.withConnection(async (connection) => {
    await relateForQuery(context, connection, relations, partition)
    return await work(connection)
  })
}

/** Creates the relations on a connection. Malformed lines of sources are left out and not quarantined. */
async function relateForQuery(
  context: EngineContext,
  connection: Connection,
  relations: readonly Relation[],
  partition: PartitionText,
): Promise<void> {
  const { store, session } = context
  const { scratchFolder } = session
  const localPath = createLandedPaths(context)
  const landing = { connection, partition, localPath, scratchFolder, parser: "fast" } as const
  await createRelations(relations, store, landing)
}
