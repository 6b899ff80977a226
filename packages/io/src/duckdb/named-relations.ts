import type { DuckDBConnection } from "@duckdb/node-api"
import { quoteName, type Relation } from "@freshet/core/engine"

import type { Connection } from "./session.ts"
import { buildEmptyQuery } from "./sql-text.ts"

/** Finds the rows that a name in a query refers to; undefined for other names. */
export type FindRelation = (name: string) => Promise<Relation | undefined>

/**
 * Finds the relations that a person's query names. The engine binds the query as it is written, so that literals,
 * comments and the query's own tables count as such; a view without rows stands in for each relation that it misses,
 * and the query is bound again. Nothing runs but the lists of columns that a PIVOT over no rows needs.
 */
export async function findNamedRelations(
  connection: Connection,
  sql: string,
  find: FindRelation,
): Promise<readonly Relation[]> {
  const relations: Relation[] = []
  for (;;) {
    const failure = await bindQuery(connection.native, sql)
    if (failure === undefined) return relations
    const name = parseMissingName(failure.cause)
    const isNew = name !== undefined && !relations.some((relation) => relation.name === name)
    const relation = isNew ? await find(name) : undefined
    if (relation === undefined) throw failure.cause
    relations.push(relation)
    await connection.run(buildStandIn(relation))
  }
}

/** Binds every statement of the query, and runs all but the last. */
async function bindQuery(
  native: DuckDBConnection,
  sql: string,
): Promise<{ readonly cause: unknown } | undefined> {
  try {
    const statements = await native.extractStatements(sql)
    for (let at = 0; at < statements.count; at += 1) {
      const statement = await statements.prepare(at)
      if (at < statements.count - 1) await statement.run()
      statement.destroySync()
    }
    return undefined
  } catch (cause) {
    return { cause }
  }
}

function buildStandIn(relation: Relation): string {
  const { columns } = relation.kind === "landed" ? relation.source : relation
  return `CREATE OR REPLACE TEMP VIEW ${quoteName(relation.name)} AS ${buildEmptyQuery(columns)}`
}

/** The engine's messages about a missing relation. A table expression with the name of the table that it reads seems to read itself until that table exists. */
const messages = [
  /^Catalog Error: Table with name (.+?) does not exist!(?:\n|$)/s,
  /^Binder Error: Circular reference to CTE "(.+?)", use WITH RECURSIVE/s,
]

function parseMissingName(cause: unknown): string | undefined {
  const message = cause instanceof Error ? cause.message : ""
  return messages.map((pattern) => pattern.exec(message)?.[1]).find((name) => name !== undefined)
}
