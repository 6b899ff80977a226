import { FreshetError, quoteName } from "@freshet/core/engine"
import type { Client } from "pg"

import { withTransaction } from "../ledger/transaction.ts"
import { toEnvironmentSchema } from "./environment-name.ts"

/** Creates a schema; one of this name may not exist. */
export async function createSchema(client: Client, schema: string): Promise<void> {
  await client.query(`create schema ${quoteName(schema)}`).catch((cause: Error) => {
    throw new FreshetError("postgres", `The schema ${schema} was not created: ${cause.message}`, {
      cause,
      hint: "See that no other schema has this name, and that the database's user may create schemas.",
    })
  })
}

/** Creates schemas of an environment that it does not have yet, and records that they belong to it. */
export async function createEnvironmentSchemas(
  client: Client,
  environment: string,
  schemas: readonly string[],
): Promise<void> {
  await withTransaction(client, async () => {
    const { rows } = await client.query<{ schemas: readonly string[] }>(
      "select schemas from freshet.environments where name = $1 for update",
      [environment],
    )
    const newSchemas = schemas
      .map((schema) => toEnvironmentSchema(schema, environment))
      .filter((schema) => rows[0]?.schemas.includes(schema) === false)
    for (const schema of newSchemas) await createSchema(client, schema)
    await client.query(
      "update freshet.environments set schemas = schemas || $2::text[] where name = $1",
      [environment, newSchemas],
    )
  })
}
