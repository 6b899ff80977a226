import { spawn, type ChildProcess } from "node:child_process"
import { closeSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { setTimeout as delay } from "node:timers/promises"

import { FreshetError } from "@freshet/core/engine"

import { prepareFolders } from "./cluster.ts"
import { buildPostgresHome, type PostgresHome } from "./postgres-home.ts"
import { createBareEnvironment } from "./server-identity.ts"
import { measureLog, readLogTail, openLog } from "./server-log.ts"
import { isHangUp, isNotListening, createUnreachableError } from "./socket-probe.ts"
import { findNewestSupervisor } from "./supervisor-lock.ts"
import { connectRequest, type SupervisorAnswer } from "./supervisor-socket.ts"

/** The server to use: the one at a URL, or the embedded server of a state folder. */
export type PostgresOptions = {
  readonly databaseUrl?: string | undefined
  readonly home: string // ".freshet"
  readonly supervisorCommand: readonly string[] // ["/usr/bin/node", "/…/supervisor.js"]
}

/**
 * Runs `work` with a connection URL: the given one, or that of the embedded server, which is started if
 * necessary. The embedded server is shared by all commands that use it, is restarted if it is killed, and
 * stops in the background soon after the last command has ended.
 */
export async function withPostgres<T>(
  options: PostgresOptions,
  work: (url: string) => Promise<T>,
): Promise<T> {
  if (options.databaseUrl !== undefined) return work(options.databaseUrl)
  const handle = await acquireServer(options)
  try {
    return await work(handle.url)
  } finally {
    handle.release()
  }
}

type ServerHandle = { readonly url: string; readonly release: () => void }
type Lease = { readonly url: string; readonly socket: Socket }

/** Keeps a lease during the work, and requests another one if the supervisor is killed. */
async function acquireServer(options: PostgresOptions): Promise<ServerHandle> {
  const home = buildPostgresHome(options.home)
  let isReleased = false
  let lease = await acquireLease(home, options.supervisorCommand)
  const watch = () => lease.socket.once("close", () => void renew())
  const renew = async () => {
    if (isReleased) return
    try {
      lease = await acquireLease(home, options.supervisorCommand)
    } catch {
      // The work reports the missing server itself.
      return
    }
    if (isReleased) lease.socket.destroy()
    else watch()
  }
  watch()
  const release = () => {
    isReleased = true
    lease.socket.destroy()
  }
  return { url: lease.url, release }
}

const pollMs = 3
const maxWaitMs = 30_000

/**
 * Requests a lease from the supervisor, and starts a supervisor if none answers: one that is stopping closes
 * the socket without an answer.
 */
async function acquireLease(
  home: PostgresHome,
  supervisorCommand: readonly string[],
): Promise<Lease> {
  let started: StartedSupervisor | undefined
  let lastAnswerAt = Date.now()
  while (Date.now() - lastAnswerAt < maxWaitMs) {
    const supervisor = findNewestSupervisor(home.supervisorsFolder)
    const askedAt = Date.now()
    const lease = supervisor && (await requestLease(supervisor.socketPath))
    if (lease !== undefined) return lease
    lastAnswerAt += Date.now() - askedAt
    if (started === undefined || started.hasEnded())
      started = startSupervisor(home, supervisorCommand)
    else await delay(pollMs)
  }
  throw new FreshetError(
    "postgres",
    "The supervisor of the embedded PostgreSQL does not come up.",
    {
      hint: `See ${home.supervisorLog}, or set DATABASE_URL to a PostgreSQL of your own.`,
    },
  )
}

/** Requests the server from the supervisor at this socket and waits until it is up; undefined without a supervisor. */
function requestLease(socketPath: string): Promise<Lease | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath, () => socket.write(connectRequest))
    let text = ""
    socket.setEncoding("utf8")
    socket.on("data", (part: string) => {
      text += part
      if (!text.endsWith("\n")) return
      // The supervisor wrote this answer.
      const answer = JSON.parse(text) as SupervisorAnswer
      if (answer.kind === "up") return resolve({ url: answer.url, socket })
      socket.destroy()
      reject(new FreshetError("postgres", answer.message, answer.hint ? { hint: answer.hint } : {}))
    })
    socket.on("error", (cause: NodeJS.ErrnoException) => {
      // Linux refuses a connection with EAGAIN while the supervisor's queue is full.
      if (!isNotListening(cause) && !isHangUp(cause) && cause.code !== "EAGAIN")
        reject(createUnreachableError(socketPath, cause))
    })
    socket.once("close", () => resolve(undefined))
  })
}

type StartedSupervisor = { readonly hasEnded: () => boolean }

/** Starts a supervisor. Of several at the same time one gets the lock, and the others exit with 0. */
function startSupervisor(
  home: PostgresHome,
  supervisorCommand: readonly string[],
): StartedSupervisor {
  prepareFolders(home)
  const fromByte = measureLog(home.supervisorLog)
  const child = spawnSupervisor(home, supervisorCommand)
  let failure: string | undefined
  child.once("error", (cause) => (failure = cause.message))
  const hasEnded = () => {
    const hasFailed = failure !== undefined || (child.exitCode !== null && child.exitCode !== 0)
    if (!hasFailed) return child.exitCode !== null || child.signalCode !== null
    const reason = failure ?? readLogTail(home.supervisorLog, fromByte)
    throw new FreshetError(
      "postgres",
      `The supervisor of the embedded PostgreSQL failed: ${reason}`,
      {
        hint: `See ${home.supervisorLog}, or set DATABASE_URL to a PostgreSQL of your own.`,
      },
    )
  }
  return { hasEnded }
}

function spawnSupervisor(home: PostgresHome, supervisorCommand: readonly string[]): ChildProcess {
  const [program = process.execPath, ...parameters] = supervisorCommand
  const log = openLog(home.supervisorLog)
  try {
    const child = spawn(program, [...parameters, home.homeFolder], {
      ...createBareEnvironment(),
      cwd: home.folder,
      detached: true,
      stdio: ["ignore", log, log],
    })
    child.unref()
    return child
  } finally {
    closeSync(log)
  }
}
