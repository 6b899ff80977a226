import type { Relation } from "@freshet/core/engine"

import { type QueryRows, streamRows } from "./query-rows.ts"
import type { Connection } from "./session.ts"

/** Finds the rows that a query means by a name; undefined for a name that means none. */
export type FindRelation = (name: string) => Promise<Relation | undefined>

/** Finds the relations of a query, and creates them on its connection. */
export interface RelationSource {
  readonly find: FindRelation
  readonly create: (relation: Relation) => Promise<void>
}

/**
 * Runs a person's query as it is written. The engine binds its names, so that literals, comments and the query's own
 * tables count as such; a relation is created when the engine misses it, and the query starts again. Each start is a
 * transaction, since a text of several statements may have made tables before a name is missed.
 */
export async function streamNamedRows<T>(
  connection: Connection,
  sql: string,
  { find, create }: RelationSource,
  use: (rows: QueryRows) => Promise<T>,
): Promise<T> {
  const createdNames = new Set<string>()
  for (;;) {
    try {
      await connection.run("BEGIN")
      return await streamRows(connection, sql, use)
    } catch (cause) {
      const name = missingName(cause)
      const relation = name === undefined || createdNames.has(name) ? undefined : await find(name)
      if (name === undefined || relation === undefined) throw cause
      await connection.run("ROLLBACK")
      await create(relation)
      createdNames.add(name)
    }
  }
}

/** A table expression may have the name of the table that it reads: until that table is there it seems to read itself. */
const messages = [
  /^Catalog Error: Table with name (.+?) does not exist!(?:\n|$)/s,
  /^Binder Error: Circular reference to CTE "(.+?)", use WITH RECURSIVE/s,
]

function missingName(failure: unknown): string | undefined {
  const cause = failure instanceof Error ? failure.cause : undefined
  const message = cause instanceof Error ? cause.message : ""
  return messages.map((pattern) => pattern.exec(message)?.[1]).find((name) => name !== undefined)
}
