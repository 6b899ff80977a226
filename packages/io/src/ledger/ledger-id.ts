import type { Client } from "pg"

/** Reads the identity of a ledger, which copies of it share. */
export async function readLedgerId(client: Client): Promise<string> {
  const { rows } = await client.query<{ ledger: string }>("select ledger from freshet.identity")
  const [row] = rows
  if (row === undefined) throw new TypeError("a ledger has a row that says which one it is")
  return row.ledger
}
