import { randomBytes } from "node:crypto"
import { fileURLToPath } from "node:url"

import { withLedger, withPostgres } from "@freshet/io"

import { keeperCommand } from "./keeper-command.ts"

// Kept between test runs, so that only the first one pays for making a cluster.
const home = fileURLToPath(new URL("../../.freshet-test", import.meta.url))

/** Lends the URL of a fresh, empty database, dropped afterwards. */
export async function withTestDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  return withServer(async (serverUrl) => {
    const name = `system_${Date.now()}_${randomBytes(4).toString("hex")}`
    await onServer(serverUrl, `create database ${name}`)
    try {
      const url = new URL(serverUrl)
      url.pathname = `/${name}`
      return await work(url.href)
    } finally {
      await onServer(serverUrl, `drop database ${name} with (force)`)
    }
  })
}

/** Keeps the server up until the function that it gives is called, and drops what killed test runs left there. */
export async function holdTestServer(): Promise<() => Promise<void>> {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  const held = await new Promise<{ readonly until: Promise<void> }>((resolve, reject) => {
    const until = withServer(async (url) => {
      await dropForgotten(url)
      resolve({ until })
      await released
    })
    until.catch(reject)
  })
  return () => {
    release()
    return held.until
  }
}

async function withServer<T>(work: (url: string) => Promise<T>): Promise<T> {
  return withPostgres({ home, keeperCommand: await keeperCommand() }, work)
}

const forgottenAfterMs = 3_600_000

async function dropForgotten(url: string): Promise<void> {
  const forgotten = await withLedger(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select datname as name from pg_database
       where datname ~ '^system_\\d+_' and split_part(datname, '_', 2)::bigint < $1`,
      [Date.now() - forgottenAfterMs],
    )
    return rows
  })
  for (const { name } of forgotten)
    await onServer(url, `drop database if exists ${name} with (force)`)
}

async function onServer(url: string, statement: string): Promise<void> {
  await withLedger(url, async (client) => void (await client.query(statement)))
}
