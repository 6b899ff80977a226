import type { Client } from "pg"

/** Loads Drizzle and the tables of the ledger, for queries over a connection. */
export async function openQueries(client: Client) {
  const { drizzle } = await import("drizzle-orm/node-postgres")
  const tables = await import("@freshet/schema/ledger")
  return { db: drizzle(client), ...tables }
}
