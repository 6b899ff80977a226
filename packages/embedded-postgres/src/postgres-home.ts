import { createHash } from "node:crypto"
import { realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join, resolve } from "node:path"

/** The paths of one embedded server. All lie in the state folder, except sockets whose path would be too long. */
export type PostgresHome = {
  readonly homeFolder: string
  readonly folder: string
  readonly dataFolder: string
  readonly supervisorsFolder: string
  readonly socketFolder: string
  readonly serverLog: string
  readonly supervisorLog: string
}

/** The port that names the server's socket, `.s.PGSQL.5432`; nothing listens on the port itself. */
export const socketPort = 5432

/** Returns the paths of the embedded server of a state folder; creates nothing. */
export function buildPostgresHome(home: string): PostgresHome {
  const homeFolder = resolveRealPath(resolve(home))
  const folder = join(homeFolder, "postgres")
  return {
    homeFolder,
    folder,
    dataFolder: join(folder, "data"),
    supervisorsFolder: join(folder, "supervisors"),
    socketFolder: chooseSocketFolder(folder),
    serverLog: join(folder, "server.log"),
    supervisorLog: join(folder, "supervisor.log"),
  }
}

/** The file name of the server's socket inside its folder. */
export function formatSocketName(port: number): string {
  return `.s.PGSQL.${port}`
}

// The kernel caps a socket's path at 103 bytes on macOS and 107 on Linux.
const maxSocketPath = 100

function chooseSocketFolder(folder: string): string {
  const innerFolder = join(folder, "run")
  if (isShortEnough(innerFolder)) return innerFolder
  const user = process.getuid?.() ?? 0
  const name = `freshet-${user}-${createHash("sha256").update(folder).digest("hex").slice(0, 12)}`
  const temporaryFolder = join(resolveRealPath(tmpdir()), name)
  return isShortEnough(temporaryFolder) ? temporaryFolder : join("/tmp", name)
}

function isShortEnough(folder: string): boolean {
  return Buffer.byteLength(join(folder, formatSocketName(socketPort))) <= maxSocketPath
}

/** Resolves symbolic links in a path whose last parts may not exist yet. */
export function resolveRealPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(resolveRealPath(parent), basename(path))
  }
}
