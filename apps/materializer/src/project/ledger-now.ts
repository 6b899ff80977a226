import { readStanding, withLedger, withPostgres } from "@freshet/io/unmoved-ledger"
import { migrationsFolder } from "@freshet/schema/migrations-folder"

import type { Settings } from "../config.ts"

/** How the ledger stands; undefined where that is about to change. */
export function ledgerNow(
  { databaseUrl, home }: Settings,
  keeperCommand: readonly string[],
): Promise<string | undefined> {
  return withPostgres({ databaseUrl, home, keeperCommand }, (url) =>
    withLedger(url, (client) => readStanding(client, migrationsFolder())),
  )
}
