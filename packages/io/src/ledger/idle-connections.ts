import type { Client } from "pg"

/** Connections of a server that wait for further work. Connecting, and the first statement of each kind, take longer than the others. */
export interface IdleConnections {
  readonly connections: Set<IdleConnection>
  /** False: no connection is kept. */
  isKept: boolean
}

/** `session`: a connection of runs, `claims`: one of the claims of workers. */
type ConnectionKind = "session" | "claims"

interface IdleConnection {
  readonly url: string
  readonly kind: ConnectionKind
  readonly client: Client
}

/** Takes an idle connection; undefined without one. */
export function takeIdle(
  idle: IdleConnections | undefined,
  url: string,
  kind: ConnectionKind,
): Client | undefined {
  const connection = findIdle(idle, url, kind)
  if (idle === undefined || connection === undefined) return undefined
  idle.connections.delete(connection)
  return connection.client
}

function findIdle(
  idle: IdleConnections | undefined,
  url: string,
  kind: ConnectionKind,
): IdleConnection | undefined {
  return [...(idle?.connections ?? [])].find(
    (connection) => connection.url === url && connection.kind === kind,
  )
}

/** Releases the locks of a connection and keeps it, or ends it when there is another one. Its listeners are removed. */
export async function keepOrEnd(
  idle: IdleConnections | undefined,
  { url, kind, client }: IdleConnection,
): Promise<void> {
  for (const event of ["error", "notification", "end"]) client.removeAllListeners(event)
  client.on("error", () => undefined)
  const isKept = idle?.isKept === true && findIdle(idle, url, kind) === undefined
  if (idle === undefined || !isKept || !(await releaseLocks(client))) return client.end()
  const connection = { url, kind, client }
  client.once("end", () => void idle.connections.delete(connection))
  idle.connections.add(connection)
  if (!idle.isKept) await endIdle(idle)
}

/** Releases the locks of a session; false if the connection is lost, or has a transaction. */
async function releaseLocks(client: Client): Promise<boolean> {
  try {
    await client.query("select pg_advisory_unlock_all()")
    return client.getTransactionStatus() === "I"
  } catch {
    return false
  }
}

/** Ends the idle connections; none is kept afterwards. */
export async function endIdle(idle: IdleConnections): Promise<void> {
  idle.isKept = false
  const clients = [...idle.connections].map(({ client }) => client)
  idle.connections.clear()
  await Promise.all(clients.map((client) => client.end()))
}
