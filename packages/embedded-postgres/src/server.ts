import type { ChildProcess } from "node:child_process"
import { closeSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"

import { FreshetError, unreachable } from "@freshet/core/engine"

import { prepareCluster, serverUser } from "./cluster.ts"
import { locatePostgresBinaries } from "./postgres-binaries.ts"
import { formatSocketName, socketPort, type PostgresHome } from "./postgres-home.ts"
import { chooseServerIdentity, spawnAs } from "./server-identity.ts"
import { measureLog, readLogTail, openLog } from "./server-log.ts"
import { isServerProcess, getPostmasterPath, readPostmasterAgeMs } from "./server-state.ts"
import { readServerState } from "./server-state.ts"

/** A server that accepts connections. */
export type Server = { readonly pid: number; readonly url: string }

const pollMs = 4
const retryMs = 50
const maxStartMs = 120_000
const maxStopMs = 60_000
const maxRetryMs = 10_000

/**
 * Returns the running server, adopts one of a killed supervisor, or starts it. Only the owner of the
 * supervisor lock may call this.
 */
export async function ensureServer(home: PostgresHome, onExit: () => void): Promise<Server> {
  const deadline = Date.now() + maxStartMs
  const retryUntil = Date.now() + maxRetryMs
  while (Date.now() < deadline) {
    const state = readServerState(home)
    switch (state.kind) {
      case "up":
        return { pid: state.pid, url: buildServerUrl(state.socketFolder, state.port) }
      case "starting":
      case "stopping":
        await delay(pollMs)
        break
      case "deaf":
        await stopServer(home)
        break
      case "down":
        await startServer(home, onExit, retryUntil)
        break
      default:
        unreachable(state)
    }
  }
  throw new FreshetError("postgres", `PostgreSQL did not start in ${maxStartMs / 1000} s.`, {
    hint: `See ${home.serverLog}.`,
  })
}

/** Stops the server, rolls open transactions back, and returns after its last process has ended. */
export async function stopServer(home: PostgresHome): Promise<void> {
  const state = readServerState(home)
  if (state.kind === "down") return
  process.kill(state.pid, "SIGINT")
  if (await waitUntilGone(home, state.pid)) return
  process.kill(state.pid, "SIGQUIT")
  await waitUntilGone(home, state.pid)
}

/** Kills the server of a deleted state folder. */
export function abandonServer(home: PostgresHome, pid: number): void {
  if (isServerProcess(pid, home)) process.kill(pid, "SIGQUIT")
}

async function waitUntilGone(home: PostgresHome, pid: number): Promise<boolean> {
  const deadline = Date.now() + maxStopMs
  while (isServerProcess(pid, home)) {
    if (Date.now() > deadline) return false
    await delay(pollMs)
  }
  return true
}

/** Starts the server; returns once it is up or its state must be read again, and throws if it cannot start. */
async function startServer(home: PostgresHome, onExit: () => void, retryUntil: number) {
  const fromByte = measureLog(home.serverLog)
  const child = await spawnServer(home)
  const reason = await waitUntilUpOrEnded(home, child)
  if (reason === undefined) {
    child.once("exit", onExit)
    return
  }
  const tail = readLogTail(home.serverLog, fromByte)
  if (!isTransient(reason, tail) || Date.now() > retryUntil) {
    throw new FreshetError("postgres", `PostgreSQL could not start (${reason}):\n${tail}`, {
      hint: `The whole log is ${home.serverLog}. DATABASE_URL would use a server of your own.`,
    })
  }
  await delay(retryMs)
}

async function spawnServer(home: PostgresHome): Promise<ChildProcess> {
  const binaries = locatePostgresBinaries()
  const identity = chooseServerIdentity(home.dataFolder)
  await prepareCluster(home, binaries, identity)
  removeStaleFiles(home)
  const log = openLog(home.serverLog)
  try {
    return spawnAs(identity, binaries.postgres, buildServerParameters(home), {
      cwd: home.folder,
      detached: true,
      stdio: ["ignore", log, log],
    })
  } finally {
    closeSync(log)
  }
}

/** Returns the reason for the server's end, or undefined once it is up; a server that still recovers at the deadline continues. */
async function waitUntilUpOrEnded(
  home: PostgresHome,
  child: ChildProcess,
): Promise<string | undefined> {
  const exit = watchExit(child)
  const deadline = Date.now() + maxStartMs
  while (exit.reason === undefined && Date.now() < deadline) {
    if (readServerState(home).kind === "up") return undefined
    await delay(pollMs)
  }
  return exit.reason
}

type ServerExit = { reason: string | undefined }

function watchExit(child: ChildProcess): ServerExit {
  const exit: ServerExit = { reason: undefined }
  child.once("error", (cause) => (exit.reason = cause.message))
  child.once("exit", (status, signal) => (exit.reason = signal ?? `exit ${status}`))
  return exit
}

/** Tests if a failed start is worth repeating: PostgreSQL rejects a start while processes of a killed server end, and may be killed itself. */
function isTransient(reason: string, tail: string): boolean {
  return reason === "SIGKILL" || /"postmaster\.pid" |still in use|already exists/.test(tail)
}

/**
 * Removes stale lock files. PostgreSQL treats a lock file as live while any process has its number. A file
 * that is still being written counts as live for a moment.
 */
function removeStaleFiles(home: PostgresHome): void {
  if ((readPostmasterAgeMs(home) ?? 0) < 2000 && isBeingWritten(home)) return
  rmSync(getPostmasterPath(home), { force: true })
  const socket = join(home.socketFolder, formatSocketName(socketPort))
  rmSync(socket, { force: true })
  rmSync(`${socket}.lock`, { force: true })
}

function isBeingWritten(home: PostgresHome): boolean {
  try {
    return readFileSync(getPostmasterPath(home), "utf8").trim() === ""
  } catch {
    return false
  }
}

const serverSettings = [
  "max_connections=50",
  "shared_buffers=128MB",
  "maintenance_work_mem=256MB",
  "max_wal_size=2GB",
  "checkpoint_timeout=15min",
  "log_checkpoints=off",
  // Queries here are short or bulk; compiling them costs more than it saves.
  "jit=off",
  // Nothing replicates from an embedded server, and minimal WAL lets a new table load without it.
  "wal_level=minimal",
  "max_wal_senders=0",
  "max_logical_replication_workers=0",
  "timezone=UTC",
  "log_timezone=UTC",
]

function buildServerParameters(home: PostgresHome): readonly string[] {
  const addressSettings = [
    "listen_addresses=",
    `unix_socket_permissions=0700`,
    `port=${socketPort}`,
  ]
  const parameters = ["-D", home.dataFolder, "-k", home.socketFolder]
  return [
    ...parameters,
    ...[...addressSettings, ...serverSettings].flatMap((setting) => ["-c", setting]),
  ]
}

function buildServerUrl(socketFolder: string, port: number): string {
  const host = encodeURIComponent(socketFolder)
  return `postgres://${serverUser}@localhost:${port}/postgres?host=${host}`
}
