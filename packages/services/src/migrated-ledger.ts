import { type LedgerClient, migrate, withLedgerConnection } from "@freshet/io"
import { getMigrationsFolder } from "@freshet/schema"

/** Connects to a database and migrates the ledger's tables first. */
export function withMigratedLedger<T>(
  url: string,
  work: (client: LedgerClient) => Promise<T>,
): Promise<T> {
  return withLedgerConnection(url, async (client) => {
    await migrate(client, getMigrationsFolder())
    return work(client)
  })
}
