import { FreshetError } from "@freshet/core/engine"
import type { Client } from "pg"

/** A connection to the database that holds the ledger. */
export type LedgerClient = Client

/**
 * Connects to the ledger's database; the caller ends the client. A connection lost later makes its queries
 * fail, never the process.
 */
export async function connectLedger(
  url: string,
  options: { readonly applicationName?: string } = {},
): Promise<Client> {
  const pg = await import("pg")
  const client = new pg.Client({
    connectionString: url,
    application_name: options.applicationName ?? "freshet",
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 10_000,
  })
  client.on("error", () => undefined)
  try {
    await client.connect()
  } catch (cause) {
    throw new FreshetError(
      "postgres",
      `No connection to ${formatServerName(client)}: ${getMessage(cause)}`,
      {
        cause,
        hint: "See that the server runs and that DATABASE_URL names it.",
      },
    )
  }
  return client
}

/** Runs work with a connection to the ledger's database. */
export async function withLedgerConnection<T>(
  url: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connectLedger(url)
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Server and database without the user's secrets. */
function formatServerName(client: Client): string {
  return `PostgreSQL at ${client.host}:${client.port}, database ${client.database ?? ""}`
}

function getMessage(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
