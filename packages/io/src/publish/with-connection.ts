import type { Client } from "pg"

/** Opens a connection that is not shared. */
export type Connect = () => Promise<Client>

/** Runs work with a connection and closes it; an open transaction is rolled back. */
export async function withConnection<T>(
  connect: Connect,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connect()
  client.on("error", ignore)
  try {
    return await work(client)
  } finally {
    await closeClient(client)
  }
}

/** Ignores a lost connection: the running statement fails, and an event without a listener would end the process. */
function ignore(): void {}

const maxCloseMs = 2_000

async function closeClient(client: Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, maxCloseMs)
  })
  await Promise.race([client.end().catch(ignore), timeout])
  clearTimeout(timer)
}
