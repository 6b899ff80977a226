import { FreshetError, getErrorMessage } from "@freshet/core/engine"
import type { Client } from "pg"

import { splitEnvironmentUrl } from "../environments/environment-name.ts"
import { redirectClient } from "../environments/environment-statements.ts"
import { isConnectionLost, throwConnectionFault } from "./connection-loss.ts"
import { findTlsHint, withLibpqTls } from "./tls-url.ts"

/** A connection to the database that holds the ledger. */
export type LedgerClient = Client

/**
 * Connects to the ledger's database; the caller ends the client. A connection lost later makes its queries
 * fail, never the process. The URL of an environment gives a connection to the ledger of the environment.
 */
export async function connectLedger(
  url: string,
  options: { readonly applicationName?: string } = {},
): Promise<Client> {
  const client = await createClient(url, options.applicationName ?? "freshet")
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
async function createClient(url: string, applicationName: string): Promise<Client> {
  const pg = await import("pg")
  const { serverUrl, environment } = splitEnvironmentUrl(url)
  try {
    const client = new pg.Client({
      connectionString: withLibpqTls(serverUrl),
      application_name: applicationName,
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
