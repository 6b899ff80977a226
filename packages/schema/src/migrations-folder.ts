import { fileURLToPath } from "node:url"

/** Where the migrations lie that bring a database to these tables. */
export function getMigrationsFolder(): string {
  return fileURLToPath(new URL("../migrations", import.meta.url))
}
