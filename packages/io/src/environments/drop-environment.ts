import { quoteName } from "@freshet/core/engine"
import type { Client } from "pg"

import { withLedgerConnection } from "../ledger/connection.ts"
import { environmentLock, withLock } from "../ledger/locks.ts"
import { acquireRunLock, type RunLockOptions } from "../ledger/run-lock.ts"
import { withTransaction } from "../ledger/transaction.ts"
import { createUnknownError, type Environment, readEnvironments } from "./environments.ts"

/**
 * Drops the records and the published tables of an environment, while no run is under way. The files of its
 * materializations stay until they are collected as garbage.
 */
export async function dropEnvironment(
  url: string,
  { name, ...lock }: Omit<RunLockOptions, "mode"> & { readonly name: string },
): Promise<Environment> {
  return withLedgerConnection(url, async (client) => {
    await acquireRunLock(client, { ...lock, mode: "exclusive" })
    return withLock(client, environmentLock, async () => {
      const environments = await readEnvironments(client)
      const environment = environments.find((candidate) => candidate.name === name)
      if (environment === undefined) throw createUnknownError(name, environments)
      await dropSchemas(client, environment)
      return environment
    })
  })
}

/** Drops the schemas and the record of an environment, all or nothing. */
export async function dropSchemas(client: Client, environment: Environment): Promise<void> {
  await withTransaction(client, async () => {
    // The record is deleted first: a migration that has locked it ends before.
    await client.query("delete from freshet.environments where name = $1", [environment.name])
    for (const schema of environment.schemas)
      await client.query(`drop schema if exists ${quoteName(schema)} cascade`)
  })
}
