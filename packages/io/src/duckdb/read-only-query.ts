import type { Relation } from "@freshet/core/engine"

import type { Store } from "../store/store.ts"
import { toEngineError } from "./engine-error.ts"
import { lockDown } from "./lock-down.ts"
import { type FindRelation, findNamedRelations } from "./named-relations.ts"
import { type QueryRows, streamRows } from "./query-rows.ts"
import { createReadOnlyError, requireSelect } from "./require-select.ts"
import { type Connection, type Session, type SessionOptions, withSession } from "./session.ts"

/** A person's query, and the way from its names to rows. */
export interface ReadOnlyQuery {
  readonly sql: string
  readonly find: FindRelation
}

/** The engine's limits, and the way to create relations in a database of its own. */
export interface ReadOnlyContext {
  readonly options: SessionOptions
  readonly store: Store
  readonly createRelations: (
    target: { readonly session: Session; readonly connection: Connection; readonly store: Store },
    relations: readonly Relation[],
  ) => Promise<void>
}

/**
 * Runs a person's query, which can read the relations that it names and nothing else. A database without any files
 * binds the query and finds the names; a second one, which is locked down to the files of these relations, runs it.
 */
export async function streamReadOnlyRows<T>(
  { options, store, createRelations }: ReadOnlyContext,
  { sql, find }: ReadOnlyQuery,
  consume: (rows: QueryRows) => Promise<T>,
): Promise<T> {
  const sessionOptions = { ...options, connections: 1, progress: false }
  const relations = await withSession(sessionOptions, (session) =>
    session.withConnection(async (connection) => {
      await lockDown(connection, [])
      await requireSelect(connection, sql)
      return await findNamedRelations(connection, sql, find).catch(throwQueryError)
    }),
  )
  return await withSession(sessionOptions, (session) =>
    session.withConnection(async (connection) => {
      const paths: string[] = []
      const recordingStore = recordPaths(store, paths)
      await createRelations({ session, connection, store: recordingStore }, relations)
      await lockDown(connection, paths)
      return await streamRows(connection, sql, consume)
    }),
  )
}

/** The store, which writes down the path of each file that it provides. */
function recordPaths(store: Store, paths: string[]): Store {
  return {
    ...store,
    localPath: async (key) => {
      const path = await store.localPath(key)
      paths.push(path)
      return path
    },
  }
}

function throwQueryError(cause: unknown): never {
  if (isPermissionError(cause)) throw createReadOnlyError("files cannot be read")
  throw toEngineError("the query", cause)
}

function isPermissionError(cause: unknown): boolean {
  return cause instanceof Error && cause.message.includes("Permission Error: ")
}
