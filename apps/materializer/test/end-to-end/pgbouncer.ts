import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { findFreePort, waitForPort } from "@freshet/io/testing"

import { openUnreliableServer } from "./cut-connections.ts"

/** Tests if the connection pooler is installed. */
export function isPgbouncerInstalled(): boolean {
  return spawnSync("pgbouncer", ["--version"]).status === 0
}

/** Runs `work` with the URL of the same database through a connection pooler. */
export async function withPgbouncer(
  url: string,
  mode: "session" | "transaction",
  work: (url: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "freshet-pgbouncer-"))
  chmodSync(folder, 0o755)
  const port = await findFreePort()
  const relay = await openUnreliableServer(url, { text: "", cuts: 0 }) // the pooler's user may not use the socket file
  const file = join(folder, "pgbouncer.ini")
  writeFileSync(file, buildConfiguration(relay.url, mode, port), { mode: 0o644 })
  const isRoot = process.getuid?.() === 0
  const child = spawn("pgbouncer", [...(isRoot ? ["-u", "nobody"] : []), file], { stdio: "ignore" })
  const hasExited = once(child, "exit")
  try {
    await waitForPort(port)
    await work(`postgres://pooled@127.0.0.1:${port}/pooled`)
  } finally {
    child.kill("SIGKILL")
    await hasExited
    await relay.close()
    rmSync(folder, { recursive: true })
  }
}

function buildConfiguration(url: string, mode: string, port: number): string {
  const { hostname, port: urlPort, searchParams, pathname, username, password } = new URL(url)
  const server = {
    host: searchParams.get("host") ?? decodeURIComponent(hostname),
    port: searchParams.get("port") ?? (urlPort === "" ? "5432" : urlPort),
    dbname: pathname.slice(1),
    user: decodeURIComponent(username),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
  }
  const words = Object.entries(server).map(([name, value]) => `${name}=${value}`)
  return `[databases]
pooled = ${words.join(" ")}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
`
}
