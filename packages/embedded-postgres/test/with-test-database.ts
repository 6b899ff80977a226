import { randomBytes } from "node:crypto"
import { join, resolve } from "node:path"

import { Client } from "pg"

import { withPostgres } from "../src/with-postgres.ts"
import { getSupervisorCommand } from "./supervisor-command.ts"

// Retained between test runs: only the first one creates a cluster.
const home = join(resolve(import.meta.dirname, ".."), ".freshet-test")

/** Runs `work` with the URL of a new, empty database, which is dropped afterwards. */
export async function withTestDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  return withTestServer(async (serverUrl) => {
    const name = `test_${Date.now()}_${randomBytes(4).toString("hex")}`
    await withServerConnection(serverUrl, (client) => client.query(`CREATE DATABASE ${name}`))
    try {
      return await work(buildDatabaseUrl(serverUrl, name))
    } finally {
      await withServerConnection(serverUrl, (client) =>
        client.query(`DROP DATABASE ${name} WITH (FORCE)`),
      )
    }
  })
}

/** Keeps the server of the tests up until the returned function is called. */
export function holdTestServer(): Promise<() => Promise<void>> {
  return new Promise((resolveHold, reject) => {
    const serverUse = withTestServer(async (serverUrl) => {
      await withServerConnection(serverUrl, dropAbandonedDatabases)
      await new Promise<void>((release) => {
        resolveHold(() => {
          release()
          return serverUse
        })
      })
    })
    serverUse.catch(reject)
  })
}

/** Uses the embedded server, or that of `FRESHET_TEST_SERVER`, whose user may create databases and roles. */
async function withTestServer<T>(work: (url: string) => Promise<T>): Promise<T> {
  const databaseUrl = process.env["FRESHET_TEST_SERVER"]
  const supervisorCommand = await getSupervisorCommand()
  return withPostgres({ databaseUrl, home, supervisorCommand }, work)
}

/** A database open from `beforeAll` to `afterAll`. */
export type TestDatabase = { readonly url: string; readonly close: () => Promise<void> }

/** Opens a new, empty database that lasts until it is closed: for `beforeAll` and `afterAll`. */
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

const abandonedAfterMs = 2 * 3_600_000

/** Drops databases of killed test runs. */
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
