import type { ChildProcess } from "node:child_process"
import { closeSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"

import { FreshetError, unreachable } from "@freshet/core"

import { postgresBinaries } from "./binaries.ts"
import { prepareCluster, serverUser } from "./cluster.ts"
import { serverIdentity, spawnAs } from "./identity.ts"
import { socketName, socketPort, type PostgresHome } from "./postgres-home.ts"
import { logBytes, logTail, openLog } from "./server-log.ts"
import { isServerProcess, postmasterFile, postmasterFileAgeMs } from "./server-state.ts"
import { serverState } from "./server-state.ts"

/** A server that accepts connections. */
export type Server = { readonly pid: number; readonly url: string }

const pollMs = 4
const retryMs = 50
const longestStartMs = 120_000
const longestStopMs = 60_000
const longestRetryMs = 10_000

/** Answers with the running server, adopting one left by a killed keeper or starting it; only the lock's holder may call. */
export async function ensureServer(home: PostgresHome, onExit: () => void): Promise<Server> {
  const deadline = Date.now() + longestStartMs
  const retryUntil = Date.now() + longestRetryMs
  while (Date.now() < deadline) {
    const state = serverState(home)
    switch (state.kind) {
      case "up":
        return { pid: state.pid, url: serverUrl(state.socketFolder, state.port) }
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
  throw new FreshetError("postgres", `PostgreSQL did not start in ${longestStartMs / 1000} s.`, {
    hint: `See ${home.serverLog}.`,
  })
}

/** Stops the server, open transactions rolled back, and answers when no process of it is left. */
export async function stopServer(home: PostgresHome): Promise<void> {
  const state = serverState(home)
  if (state.kind === "down") return
  process.kill(state.pid, "SIGINT")
  if (await isGone(home, state.pid)) return
  process.kill(state.pid, "SIGQUIT")
  await isGone(home, state.pid)
}

/** Ends the server of a state folder that was deleted. */
export function abandonServer(home: PostgresHome, pid: number): void {
  if (isServerProcess(pid, home)) process.kill(pid, "SIGQUIT")
}

async function isGone(home: PostgresHome, pid: number): Promise<boolean> {
  const deadline = Date.now() + longestStopMs
  while (isServerProcess(pid, home)) {
    if (Date.now() > deadline) return false
    await delay(pollMs)
  }
  return true
}

/** Returns once the server is up, or once it is worth looking again; throws if it cannot start. */
async function startServer(home: PostgresHome, onExit: () => void, retryUntil: number) {
  const fromByte = logBytes(home.serverLog)
  const child = await spawnServer(home)
  const reason = await untilUpOrEnded(home, child)
  if (reason === undefined) {
    child.once("exit", onExit)
    return
  }
  const tail = logTail(home.serverLog, fromByte)
  if (!isPassing(reason, tail) || Date.now() > retryUntil) {
    throw new FreshetError("postgres", `PostgreSQL could not start (${reason}):\n${tail}`, {
      hint: `The whole log is ${home.serverLog}. DATABASE_URL would use a server of your own.`,
    })
  }
  await delay(retryMs)
}

async function spawnServer(home: PostgresHome): Promise<ChildProcess> {
  const binaries = postgresBinaries()
  const identity = serverIdentity(home.dataFolder)
  await prepareCluster(home, binaries, identity)
  removeLeftovers(home)
  const log = openLog(home.serverLog)
  try {
    return spawnAs(identity, binaries.postgres, serverParameters(home), {
      cwd: home.folder,
      detached: true,
      stdio: ["ignore", log, log],
    })
  } finally {
    closeSync(log)
  }
}

/** Why the server ended, or undefined once it is up; one still recovering at the deadline is left to go on. */
async function untilUpOrEnded(
  home: PostgresHome,
  child: ChildProcess,
): Promise<string | undefined> {
  const end = endOf(child)
  const deadline = Date.now() + longestStartMs
  while (end.reason === undefined && Date.now() < deadline) {
    if (serverState(home).kind === "up") return undefined
    await delay(pollMs)
  }
  return end.reason
}

type End = { reason: string | undefined }

function endOf(child: ChildProcess): End {
  const end: End = { reason: undefined }
  child.once("error", (cause) => (end.reason = cause.message))
  child.once("exit", (status, signal) => (end.reason = signal ?? `exit ${status}`))
  return end
}

/** PostgreSQL refuses to start while remains of a killed server fade away, and may itself be killed. */
function isPassing(reason: string, tail: string): boolean {
  return reason === "SIGKILL" || /"postmaster\.pid" |still in use|already exists/.test(tail)
}

/**
 * PostgreSQL takes a lock file for live whenever its process number is in use, by whatever process.
 * A file that is still being written counts as live for a moment.
 */
function removeLeftovers(home: PostgresHome): void {
  if ((postmasterFileAgeMs(home) ?? 0) < 2000 && isBeingWritten(home)) return
  rmSync(postmasterFile(home), { force: true })
  const socket = join(home.socketFolder, socketName(socketPort))
  rmSync(socket, { force: true })
  rmSync(`${socket}.lock`, { force: true })
}

function isBeingWritten(home: PostgresHome): boolean {
  try {
    return readFileSync(postmasterFile(home), "utf8").trim() === ""
  } catch {
    return false
  }
}

const settings = [
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

function serverParameters(home: PostgresHome): readonly string[] {
  const where = ["listen_addresses=", `unix_socket_permissions=0700`, `port=${socketPort}`]
  const parameters = ["-D", home.dataFolder, "-k", home.socketFolder]
  return [...parameters, ...[...where, ...settings].flatMap((setting) => ["-c", setting])]
}

function serverUrl(socketFolder: string, port: number): string {
  const host = encodeURIComponent(socketFolder)
  return `postgres://${serverUser}@localhost:${port}/postgres?host=${host}`
}
