import { spawnSync } from "node:child_process"
import { once } from "node:events"
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { Client } from "pg"

import { chooseServerIdentity, type ServerIdentity, spawnAs } from "../src/server-identity.ts"
import { waitUntil } from "./wait-until.ts"

const debianFolder = "/usr/lib/postgresql"

/** Finds the programs of a PostgreSQL that Debian's packages installed: their folder, or that of FRESHET_TEST_POSTGRES. */
export function findInstalledPostgres(): string | undefined {
  const folders = [process.env["FRESHET_TEST_POSTGRES"], ...listDebianFolders()]
  return folders.find(
    (folder) =>
      folder !== undefined && spawnSync(join(folder, "postgres"), ["--version"]).status === 0,
  )
}

function listDebianFolders(): readonly string[] {
  try {
    return readdirSync(debianFolder).map((version) => join(debianFolder, version, "bin"))
  } catch {
    return []
  }
}

/** A server of the installed PostgreSQL, which listens on a port of loopback, with further settings: `max_connections=250`. */
export interface InstalledServer {
  readonly programs: string
  readonly port: number
  readonly settings?: readonly string[]
}

/** Runs `work` with the URL of a database on a new server of the installed PostgreSQL. */
export async function withInstalledPostgres<T>(
  { programs, port, settings = [] }: InstalledServer,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "freshet-postgres-"))
  const data = join(folder, "data")
  mkdirSync(data, { mode: 0o700 })
  const identity = chooseServerIdentity(data)
  if (identity.kind === "account")
    for (const path of [folder, data]) chownSync(path, identity.account.uid, identity.account.gid)
  try {
    await createCluster(identity, join(programs, "initdb"), data)
    const address = [`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories="]
    const words = ["-D", data, ...[...address, ...settings].flatMap((setting) => ["-c", setting])]
    const server = spawnAs(identity, join(programs, "postgres"), words, { stdio: "ignore" })
    const hasExited = once(server, "exit")
    try {
      const url = `postgres://freshet@127.0.0.1:${port}/postgres`
      await waitUntil(() => isUp(url))
      return await work(url)
    } finally {
      server.kill("SIGINT")
      await hasExited
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function createCluster(
  identity: ServerIdentity,
  initdb: string,
  data: string,
): Promise<void> {
  const words = ["-D", data, "-U", "freshet", "--auth=trust", "--encoding=UTF8", "--locale=C"]
  const [status] = await once(spawnAs(identity, initdb, words, { stdio: "ignore" }), "exit")
  if (status !== 0) throw new Error(`${initdb} failed`)
}

async function isUp(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url })
  client.on("error", () => undefined)
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}
