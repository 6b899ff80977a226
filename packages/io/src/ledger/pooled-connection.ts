import { FreshetError } from "@freshet/core/engine"
import type { Client } from "pg"

/**
 * Requires that a connection keeps its process of the server. A pooler in transaction mode gives it another one for
 * each transaction, so that locks, settings and temporary tables would be lost. Without a pooler this is one query.
 */
export async function requireOwnProcess(
  client: Client,
  connect: () => Promise<Client>,
): Promise<void> {
  const { processID } = client as { readonly processID?: number } // the client has the number that the server announced
  const process = await readProcess(client)
  if (process === processID) return
  const otherClient = await connect()
  try {
    const otherProcess = await readProcess(otherClient)
    if (otherProcess === process || (await readProcess(client)) !== process) throw createPoolError()
  } finally {
    await otherClient.end()
  }
}

async function readProcess(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ process: number }>("select pg_backend_pid() as process")
  return rows[0]?.process
}

function createPoolError(): FreshetError {
  return new FreshetError(
    "postgres",
    "DATABASE_URL leads to a connection pooler in transaction mode, in which the locks of a run would be lost.",
    { hint: "Set pool_mode = session in the pooler, or use the address of the server itself." },
  )
}
