import { randomBytes } from "node:crypto"
import { fileURLToPath } from "node:url"

import { withPostgres } from "@freshet/embedded-postgres"
import { withLedgerConnection } from "@freshet/io"

import { getSupervisorCommand } from "./supervisor-command.ts"

// Kept between test runs, so that only the first one pays for making a cluster.
const home = fileURLToPath(new URL("../../.freshet-test", import.meta.url))

/** Lends the URL of a fresh, empty database, dropped afterwards. */
export async function withTestDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  return withServer(async (serverUrl) => {
    const name = `system_${Date.now()}_${randomBytes(4).toString("hex")}`
    await executeOnServer(serverUrl, `create database ${name}`)
    try {
      const url = new URL(serverUrl)
      url.pathname = `/${name}`
      return await work(url.href)
    } finally {
      await executeOnServer(serverUrl, `drop database ${name} with (force)`)
    }
  })
}

/** Keeps the server up until the function that it gives is called, and drops what killed test runs left there. */
export async function startTestServer(): Promise<() => Promise<void>> {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  const server = await new Promise<{ readonly ended: Promise<void> }>((resolve, reject) => {
    const ended = withServer(async (url) => {
      await dropAbandonedDatabases(url)
      resolve({ ended })
      await released
    })
    ended.catch(reject)
  })
  return () => {
    release()
    return server.ended
  }
}

async function withServer<T>(work: (url: string) => Promise<T>): Promise<T> {
  return withPostgres({ home, supervisorCommand: await getSupervisorCommand() }, work)
}

const abandonedAfterMs = 3_600_000

async function dropAbandonedDatabases(url: string): Promise<void> {
  const abandonedDatabases = await withLedgerConnection(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select datname as name from pg_database
       where datname ~ '^system_\\d+_' and split_part(datname, '_', 2)::bigint < $1`,
      [Date.now() - abandonedAfterMs],
    )
    return rows
  })
  for (const { name } of abandonedDatabases)
    await executeOnServer(url, `drop database if exists ${name} with (force)`)
}

async function executeOnServer(url: string, statement: string): Promise<void> {
  await withLedgerConnection(url, async (client) => void (await client.query(statement)))
}
