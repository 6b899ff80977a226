import { existsSync } from "node:fs"

import { FreshetError } from "@freshet/core"

import { prepareFolders } from "./cluster.ts"
import { openKeeperDoor, type KeeperDoor } from "./keeper-door.ts"
import { claimKeeperLock, newestGeneration } from "./keeper-lock.ts"
import { postgresHome, type PostgresHome } from "./postgres-home.ts"
import { serverState } from "./server-state.ts"
import { abandonServer, ensureServer, stopServer, type Server } from "./server.ts"

// Commands often follow one another, and restarting the server between two costs more than waiting.
const lingerMs = 400
// Who starts a keeper connects to it at once, unless killed in between.
const firstHolderMs = 5000
// Holders of a killed keeper come back as soon as their event loop turns.
const returnMs = 3000
// Looking costs next to nothing through /proc, and a process elsewhere.
const watchMs = process.platform === "linux" ? 250 : 2000

/** One keeper's life: owns the server while commands hold it, and leaves nothing behind. */
async function keep(home: PostgresHome): Promise<void> {
  prepareFolders(home)
  const door = await openKeeperDoor(home.socketFolder)
  const generation = await claimKeeperLock(home.keepersFolder, door.socketPath)
  if (generation !== undefined) await attend(home, door, generation)
  door.close()
}

async function attend(home: PostgresHome, door: KeeperDoor, generation: number): Promise<void> {
  const isDismissed = dismissal(door)
  const startedAt = Date.now()
  const earliestStopAt = startedAt + (serverState(home).kind === "down" ? 0 : returnMs)
  let idleAt = startedAt + firstHolderMs
  let server = await serve(home, door)
  while (server !== undefined) {
    if (isSuperseded(home, door, generation)) return leave(home, server)
    if (isDismissed()) return stopServer(home)
    if (door.holderCount() > 0) {
      idleAt = Date.now() + lingerMs
      server = await serve(home, door)
    } else if (Date.now() >= Math.max(idleAt, earliestStopAt)) {
      await stopServer(home)
      if (door.holderCount() === 0) return
      continue
    }
    await door.nextChange(door.holderCount() > 0 ? watchMs : lingerMs / 4)
  }
}

/** Answers everybody who waits; undefined, once somebody has been told why, if there is no server to be had. */
async function serve(home: PostgresHome, door: KeeperDoor): Promise<Server | undefined> {
  try {
    const server = await ensureServer(home, door.wake)
    await door.answer({ kind: "up", url: server.url })
    return server
  } catch (cause) {
    const hint = cause instanceof FreshetError ? cause.hint : undefined
    const message = cause instanceof Error ? cause.message : String(cause)
    if (door.holderCount() === 0) await door.nextChange(firstHolderMs)
    await door.answer({ kind: "failed", message, hint })
    return undefined
  }
}

function dismissal(door: KeeperDoor): () => boolean {
  let isDismissed = false
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => {
      isDismissed = true
      door.wake()
    })
  }
  return () => isDismissed
}

/** Temporary folders get swept and state folders deleted; then nobody can find this keeper any more. */
function isSuperseded(home: PostgresHome, door: KeeperDoor, generation: number): boolean {
  return newestGeneration(home.keepersFolder) !== generation || !existsSync(door.socketPath)
}

/** Leaves the server to the next keeper, unless the state folder knows it no more. */
function leave(home: PostgresHome, server: Server): void {
  const state = serverState(home)
  if (state.kind === "down" || state.pid !== server.pid) abandonServer(home, server.pid)
}

process.umask(0o077)
try {
  await keep(postgresHome(process.argv[2] ?? ""))
  process.exit(0)
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exit(1)
}
