import { FreshetError, getErrorMessage } from "@freshet/core/engine"
import type { Client } from "pg"

import { splitEnvironmentUrl } from "../environments/environment-name.ts"
import { redirectClient } from "../environments/environment-statements.ts"
import { isConnectionLost, throwConnectionFault } from "./connection-loss.ts"
import { type IdleConnections, keepOrEnd, takeIdle } from "./idle-connections.ts"
import { findTlsHint, withLibpqTls } from "./tls-url.ts"

/** A connection to the database that holds the ledger. */
export type LedgerClient = Client

interface ConnectionOptions {
  readonly applicationName?: string
  /** True: statements are sent before the answers to earlier ones have arrived. Such a connection has no COPY. */
  readonly isPipelined?: boolean
}

/**
 * Connects to the ledger's database; the caller ends the client. A connection lost later makes its queries
 * fail, never the process. The URL of an environment gives a connection to the ledger of the environment.
 */
export async function connectLedger(url: string, options: ConnectionOptions = {}): Promise<Client> {
  const client = await createClient(url, options)
  client.on("error", () => undefined)
  try {
    await client.connect()
  } catch (cause) {
    throw new FreshetError(
      "postgres",
      `No connection to ${formatServerName(client)}: ${getErrorMessage(cause)}`,
      {
        cause,
        hint: findTlsHint(cause) ?? "See that the server runs and that DATABASE_URL names it.",
      },
    )
  }
  return client
}

/** Creates a client, which reads the files of certificates that the URL names. */
async function createClient(
  url: string,
  { applicationName = "freshet", isPipelined = false }: ConnectionOptions,
): Promise<Client> {
  const pg = await import("pg")
  const { serverUrl, environment } = splitEnvironmentUrl(url)
  try {
    const client = new pg.Client({
      connectionString: withLibpqTls(serverUrl),
      application_name: applicationName,
      pipeline: isPipelined,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: 10_000,
    })
    return environment === undefined ? client : redirectClient(client, environment)
  } catch (cause) {
    throw new FreshetError("postgres", `DATABASE_URL cannot be used: ${getErrorMessage(cause)}`, {
      cause,
    })
  }
}

/** Runs work with a connection to the database that holds the ledger. */
export async function withLedgerConnection<T>(
  url: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connectLedger(url)
  try {
    return await work(client).catch(throwConnectionFault)
  } finally {
    await client.end()
  }
}

/** A database, and the connections of this process that can be used again. */
export interface ReusableDatabase {
  readonly url: string
  readonly idle?: IdleConnections | undefined
}

/** Runs work with a prepared connection: an idle one if there is one that can be prepared, otherwise a new one. */
export async function withPreparedConnection<T>(
  { url, idle }: ReusableDatabase,
  prepare: (client: Client) => Promise<void>,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = takeIdle(idle, url, "session")
  if (client === undefined || !(await isPrepared(client, prepare)))
    return withLedgerConnection(url, async (newClient) => {
      await prepare(newClient)
      return work(newClient)
    })
  try {
    const result = await work(client).catch(throwConnectionFault)
    await keepOrEnd(idle, { url, kind: "session", client })
    return result
  } catch (cause) {
    await client.end()
    throw cause
  }
}

async function isPrepared(
  client: Client,
  prepare: (client: Client) => Promise<void>,
): Promise<boolean> {
  try {
    await prepare(client)
    return true
  } catch {
    await client.end() // a new connection fails with the reason, unless the idle one was lost
    return false
  }
}

/**
 * Runs work with a connection over which a state was read. When the connection is lost while the state is read, the
 * state is read once more, over another connection.
 */
export async function withLedgerState<S, T>(
  url: string,
  read: (client: Client) => Promise<S>,
  work: (state: S, client: Client) => Promise<T>,
): Promise<T> {
  const { client, state } = await openWithState(url, read).catch((cause: unknown) =>
    isConnectionLost(cause) ? openWithState(url, read).catch(throwConnectionFault) : rethrow(cause),
  )
  try {
    return await work(state, client).catch(throwConnectionFault)
  } finally {
    await client.end()
  }
}

async function openWithState<S>(url: string, read: (client: Client) => Promise<S>) {
  const client = await connectLedger(url)
  try {
    return { client, state: await read(client) }
  } catch (cause) {
    await client.end()
    throw cause
  }
}

function rethrow(cause: unknown): never {
  throw cause
}

/** Formats server and database without the user's secrets. */
function formatServerName(client: Client): string {
  return `PostgreSQL at ${client.host}:${client.port}, database ${client.database ?? ""}`
}
