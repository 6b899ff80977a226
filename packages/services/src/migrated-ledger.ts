import { type LedgerClient, migrate, withLedgerConnection, withLedgerState } from "@freshet/io"
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

/** Runs work with a state that was read from a database, whose tables are brought up to date first. */
export function withMigratedState<S, T>(
  url: string,
  read: (client: LedgerClient) => Promise<S>,
  work: (state: S) => Promise<T>,
): Promise<T> {
  const migrateAndRead = async (client: LedgerClient) => {
    await migrate(client, getMigrationsFolder())
    return await read(client)
  }
  return withLedgerState(url, migrateAndRead, work)
}
