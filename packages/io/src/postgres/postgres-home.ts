import { createHash } from "node:crypto"
import { realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join, resolve } from "node:path"

/** Where everything of one embedded server lies; all of it inside the state folder, sockets perhaps apart. */
export type PostgresHome = {
  readonly homeFolder: string
  readonly folder: string
  readonly dataFolder: string
  readonly keepersFolder: string
  readonly socketFolder: string
  readonly serverLog: string
  readonly keeperLog: string
}

/** The port that names the server's socket, `.s.PGSQL.5432`; nothing listens on the port itself. */
export const socketPort = 5432

/** Lays out the embedded server of a state folder, creating nothing. */
export function postgresHome(home: string): PostgresHome {
  const homeFolder = realPath(resolve(home))
  const folder = join(homeFolder, "postgres")
  return {
    homeFolder,
    folder,
    dataFolder: join(folder, "data"),
    keepersFolder: join(folder, "keepers"),
    socketFolder: shortFolder(folder),
    serverLog: join(folder, "server.log"),
    keeperLog: join(folder, "keeper.log"),
  }
}

/** The file name of the server's socket inside its folder. */
export function socketName(port: number): string {
  return `.s.PGSQL.${port}`
}

// The kernel caps a socket's path at 103 bytes on macOS and 107 on Linux.
const longestSocketPath = 100

function shortFolder(folder: string): string {
  const inside = join(folder, "run")
  if (fits(inside)) return inside
  const user = process.getuid?.() ?? 0
  const name = `freshet-${user}-${createHash("sha256").update(folder).digest("hex").slice(0, 12)}`
  const inTemporary = join(realPath(tmpdir()), name)
  return fits(inTemporary) ? inTemporary : join("/tmp", name)
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, socketName(socketPort))) <= longestSocketPath
}

/** The path without symbolic links, for a path whose last parts may not exist yet. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(realPath(parent), basename(path))
  }
}
