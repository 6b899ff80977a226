import { createRequire } from "node:module"
import { join } from "node:path"

/** Returns the folder of the migrations of the ledger. */
export function getMigrationsFolder(): string {
  const { resolve } = createRequire(import.meta.url)
  return join(resolve("@freshet/schema/package.json"), "../migrations")
}
