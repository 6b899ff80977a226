import { existsSync } from "node:fs"

import { FreshetError } from "@freshet/core/engine"

import { prepareFolders } from "./cluster.ts"
import { buildPostgresHome, type PostgresHome } from "./postgres-home.ts"
import { readServerState } from "./server-state.ts"
import { abandonServer, ensureServer, stopServer, type Server } from "./server.ts"
import { staysUp } from "./stay-up.ts"
import { claimSupervisorLock, findNewestGeneration } from "./supervisor-lock.ts"
import { openSupervisorSocket, type SupervisorSocket } from "./supervisor-socket.ts"

// Commands often follow one another, and a restart between two of them costs more than an idle server.
const idleTimeoutMs = 400
// A command that starts a supervisor connects to it immediately, unless it is killed.
const firstClientMs = 5000
// Commands with a lease of a killed supervisor reconnect with the next turn of their event loop.
const reconnectMs = 3000
// Reading the state costs little through /proc, and a process on other systems.
const pollMs = process.platform === "linux" ? 250 : 2000

/** Runs a supervisor: it owns the server while commands have leases, and then stops the server. */
async function supervise(home: PostgresHome): Promise<void> {
  prepareFolders(home)
  const supervisorSocket = await openSupervisorSocket(home.socketFolder)
  const generation = await claimSupervisorLock(home.supervisorsFolder, supervisorSocket.socketPath)
  if (generation !== undefined) await runUntilIdle(home, supervisorSocket, generation)
  supervisorSocket.close()
}

async function runUntilIdle(
  home: PostgresHome,
  supervisorSocket: SupervisorSocket,
  generation: number,
): Promise<void> {
  const isStopRequested = listenForSignals(supervisorSocket)
  const startedAt = Date.now()
  const earliestStopAt = startedAt + (readServerState(home).kind === "down" ? 0 : reconnectMs)
  let idleAt = startedAt + firstClientMs
  let server = await serveClients(home, supervisorSocket)
  while (server !== undefined) {
    if (isSuperseded(home, supervisorSocket, generation)) return leaveServer(home, server)
    if (isStopRequested()) return stopServer(home)
    const isInUse = supervisorSocket.clientCount() > 0 || staysUp(home)
    if (isInUse) {
      idleAt = Date.now() + idleTimeoutMs
      server = await serveClients(home, supervisorSocket)
    } else if (Date.now() >= Math.max(idleAt, earliestStopAt)) {
      await stopServer(home)
      if (supervisorSocket.clientCount() === 0) return
      continue
    }
    await supervisorSocket.waitForChange(isInUse ? pollMs : idleTimeoutMs / 4)
  }
}

/** Serves waiting clients; returns undefined after it reported the reason to one of them if no server can start. */
async function serveClients(
  home: PostgresHome,
  supervisorSocket: SupervisorSocket,
): Promise<Server | undefined> {
  try {
    const server = await ensureServer(home, supervisorSocket.notify)
    await supervisorSocket.answerClients({ kind: "up", url: server.url })
    return server
  } catch (cause) {
    const hint = cause instanceof FreshetError ? cause.hint : undefined
    const message = cause instanceof Error ? cause.message : String(cause)
    if (supervisorSocket.clientCount() === 0) await supervisorSocket.waitForChange(firstClientMs)
    await supervisorSocket.answerClients({ kind: "failed", message, hint })
    return undefined
  }
}

function listenForSignals(supervisorSocket: SupervisorSocket): () => boolean {
  let isStopRequested = false
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => {
      isStopRequested = true
      supervisorSocket.notify()
    })
  }
  return () => isStopRequested
}

/** Tests if clients can no longer find this supervisor: another one replaced it, or its folders were deleted. */
function isSuperseded(
  home: PostgresHome,
  supervisorSocket: SupervisorSocket,
  generation: number,
): boolean {
  return (
    findNewestGeneration(home.supervisorsFolder) !== generation ||
    !existsSync(supervisorSocket.socketPath)
  )
}

/** Leaves the server to the next supervisor; kills it if its state folder is gone. */
function leaveServer(home: PostgresHome, server: Server): void {
  const state = readServerState(home)
  if (state.kind === "down" || state.pid !== server.pid) abandonServer(home, server.pid)
}

process.umask(0o077)
try {
  await supervise(buildPostgresHome(process.argv[2] ?? ""))
  process.exit(0)
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exit(1)
}
