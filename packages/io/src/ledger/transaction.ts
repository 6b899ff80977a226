import type { Client } from "pg"

/** Runs statements as one transaction; a failure rolls it back. */
export async function withTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query("begin")
  try {
    const result = await work()
    await client.query("commit")
    return result
  } catch (cause) {
    await client.query("rollback").catch(() => undefined) // the connection may be lost
    throw cause
  }
}
