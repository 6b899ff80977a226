import { randomBytes } from "node:crypto"
import { join, resolve } from "node:path"

import { Client } from "pg"

import { withPostgres } from "../src/with-postgres.ts"
import { supervisorCommand } from "./supervisor-command.ts"

// Kept between test runs, so that only the first one pays for making a cluster.
const home = join(resolve(import.meta.dirname, ".."), ".freshet-test")

/** Lends the URL of a fresh, empty database, dropped afterwards. */
export async function withTestDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  return withPostgres({ home, supervisorCommand: await supervisorCommand() }, async (serverUrl) => {
    const name = await createDatabase(serverUrl)
    try {
      return await work(buildDatabaseUrl(serverUrl, name))
    } finally {
      await withServerConnection(serverUrl, (client) =>
        client.query(`DROP DATABASE ${name} WITH (FORCE)`),
      )
    }
  })
}

/** A database open from `beforeAll` to `afterAll`. */
export type TestDatabase = { readonly url: string; readonly close: () => Promise<void> }

/** Opens a fresh, empty database that lasts until it is closed: for `beforeAll` and `afterAll`. */
export function openTestDatabase(): Promise<TestDatabase> {
  return new Promise((resolveDatabase, reject) => {
    const databaseUse = withTestDatabase(
      (url) =>
        new Promise<void>((release) => {
          resolveDatabase({
            url,
            close: () => {
              release()
              return databaseUse
            },
          })
        }),
    )
    databaseUse.catch(reject)
  })
}

async function createDatabase(serverUrl: string): Promise<string> {
  const name = `test_${Date.now()}_${randomBytes(4).toString("hex")}`
  await withServerConnection(serverUrl, async (client) => {
    await dropAbandonedDatabases(client)
    await client.query(`CREATE DATABASE ${name}`)
  })
  return name
}

const abandonedAfterMs = 600_000

/** Databases of test runs that were killed. */
async function dropAbandonedDatabases(client: Client): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    `SELECT datname FROM pg_database
      WHERE datname ~ '^test_\\d+_' AND split_part(datname, '_', 2)::bigint < $1
        AND NOT EXISTS (SELECT FROM pg_stat_activity AS a WHERE a.datname = pg_database.datname)`,
    [Date.now() - abandonedAfterMs],
  )
  for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS ${datname}`)
}

async function withServerConnection<T>(
  serverUrl: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString: serverUrl })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function buildDatabaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
