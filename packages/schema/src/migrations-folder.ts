import { createRequire } from "node:module"
import { join } from "node:path"

/** The folder of the migrations that bring a database to these tables. */
export function getMigrationsFolder(): string {
  const { resolve } = createRequire(import.meta.url)
  return join(resolve("@freshet/schema/package.json"), "../migrations")
}
