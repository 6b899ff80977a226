import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { buildPostgresHome, type PostgresHome } from "./postgres-home.ts"

function getMarkerPath({ folder }: Pick<PostgresHome, "folder">): string {
  return join(folder, "stay-up")
}

/** Tests if the server runs while no command uses it. */
export function staysUp(home: Pick<PostgresHome, "folder">): boolean {
  return existsSync(getMarkerPath(home))
}

/** Lets the embedded server of a state folder run while no command uses it, or stop again. */
export function setStayUp(home: string, isUp: boolean): void {
  const postgresHome = buildPostgresHome(home)
  const marker = getMarkerPath(postgresHome)
  if (!isUp) return rmSync(marker, { force: true })
  mkdirSync(postgresHome.folder, { recursive: true, mode: 0o700 })
  writeFileSync(marker, "")
}
