import { FreshetError, quoteName } from "@freshet/core/engine"
import type { Client } from "pg"

import { isMissingTable } from "../ledger/migrate.ts"
import { toMilliseconds } from "../ledger/milliseconds-sql.ts"
import { toEnvironmentSchema } from "./environment-name.ts"

/** An environment beside the default one. */
export interface Environment {
  readonly name: string
  /** The schemas of its ledger and of its published tables. */
  readonly schemas: readonly string[]
  /** The newest migration that its ledger has. */
  readonly migration: number
  readonly createdMs: number
  /** False while it is created, and if its creation was interrupted. */
  readonly isReady: boolean
}

/** Reads the environments in the order of their names; a ledger without environments may be of an earlier version. */
export async function readEnvironments(client: Client): Promise<readonly Environment[]> {
  try {
    const { rows } = await client.query<Environment>(
      `select name, schemas, migration::float8, ${toMilliseconds("created_at")} as "createdMs",
         ready_at is not null as "isReady"
       from freshet.environments order by name`,
    )
    return rows
  } catch (cause) {
    if (isMissingTable(cause)) return []
    throw cause
  }
}

/** Finds the environment of a name; fails if there is none, or if its creation was interrupted. */
export async function requireEnvironment(client: Client, name: string): Promise<Environment> {
  const environments = await readEnvironments(client)
  const environment = environments.find((candidate) => candidate.name === name)
  if (environment === undefined) throw createUnknownError(name, environments)
  if (!environment.isReady)
    throw new FreshetError("config", `The environment ${name} is not complete.`, {
      hint: `If no other command creates it, \`freshet env create ${name}\` creates it from the beginning.`,
    })
  return environment
}

/** Creates the error for a name that no environment has. */
export function createUnknownError(
  name: string,
  environments: readonly Environment[],
): FreshetError {
  const names = environments.map((environment) => environment.name).join(", ")
  return new FreshetError("config", `There is no environment ${name}.`, {
    hint:
      names === ""
        ? `\`freshet env create ${name}\` creates it.`
        : `The environments: ${names}. \`freshet env create ${name}\` creates another one.`,
  })
}

/** Returns the schema of an environment's ledger as SQL. */
export function quoteLedgerSchema(environment: string): string {
  return quoteName(toEnvironmentSchema("freshet", environment))
}

/** The files that an environment has and the default environment has not. */
export interface EnvironmentStorage {
  readonly materializations: number
  readonly files: number
  readonly bytes: number
}

/** Measures the materializations of an environment that are not in the default one, and the files that only they have. */
export async function readEnvironmentStorage(
  client: Client,
  environment: string,
): Promise<EnvironmentStorage> {
  const { rows } = await client.query<EnvironmentStorage>(
    `with only_here as (
       select * from ${quoteLedgerSchema(environment)}.materializations as here
       where not exists (select from "freshet".materializations as common where common.id = here.id)
     ), files as (
       select file, max(bytes) as bytes from only_here
       where file not in (select file from "freshet".materializations) group by file
     )
     select (select count(*)::float8 from only_here) as materializations,
       count(*)::float8 as files, coalesce(sum(bytes), 0)::float8 as bytes
     from files`,
  )
  return rows[0] ?? { materializations: 0, files: 0, bytes: 0 }
}
