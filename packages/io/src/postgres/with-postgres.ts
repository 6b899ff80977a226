import { spawn, type ChildProcess } from "node:child_process"
import { closeSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { setTimeout as delay } from "node:timers/promises"

import { FreshetError } from "@freshet/core"

import { prepareFolders } from "./cluster.ts"
import { bareEnvironment } from "./identity.ts"
import { holdRequest, type KeeperAnswer } from "./keeper-door.ts"
import { newestKeeper } from "./keeper-lock.ts"
import { postgresHome, type PostgresHome } from "./postgres-home.ts"
import { logBytes, logTail, openLog } from "./server-log.ts"
import { isHangUp, isNobody, unreachableSocket } from "./socket-probe.ts"

/** Which server to lend: the one named, or else the embedded one of a state folder. */
export type PostgresOptions = {
  readonly databaseUrl?: string | undefined
  readonly home: string // ".freshet"
  readonly keeperCommand: readonly string[] // ["/usr/bin/node", "/…/keeper.js"]
}

/**
 * Lends a connection URL to `work`: the given one, or that of the embedded server, started if nobody has.
 * The embedded server is shared by every command that holds it, is restarted if it is killed,
 * and is stopped in the background soon after the last has let it go.
 */
export async function withPostgres<T>(
  options: PostgresOptions,
  work: (url: string) => Promise<T>,
): Promise<T> {
  if (options.databaseUrl !== undefined) return work(options.databaseUrl)
  const hold = await holdServer(options)
  try {
    return await work(hold.url)
  } finally {
    hold.release()
  }
}

type Hold = { readonly url: string; readonly release: () => void }
type Lease = { readonly url: string; readonly socket: Socket }

/** Holds on for as long as the caller lives, also when the keeper is killed meanwhile. */
async function holdServer(options: PostgresOptions): Promise<Hold> {
  const home = postgresHome(options.home)
  let isReleased = false
  let lease = await lend(home, options.keeperCommand)
  const watch = () => lease.socket.once("close", () => void renew())
  const renew = async () => {
    if (isReleased) return
    try {
      lease = await lend(home, options.keeperCommand)
    } catch {
      // The work itself meets the missing server and says so.
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
const longestWaitMs = 30_000

/** Asks the keeper, starting one whenever none answers: one that is just leaving closes the door unanswered. */
async function lend(home: PostgresHome, keeperCommand: readonly string[]): Promise<Lease> {
  let started: StartedKeeper | undefined
  let lastAnswerAt = Date.now()
  while (Date.now() - lastAnswerAt < longestWaitMs) {
    const keeper = newestKeeper(home.keepersFolder)
    const askedAt = Date.now()
    const lease = keeper && (await ask(keeper.socketPath))
    if (lease !== undefined) return lease
    lastAnswerAt += Date.now() - askedAt
    if (started === undefined || started.hasEnded()) started = startKeeper(home, keeperCommand)
    else await delay(pollMs)
  }
  throw new FreshetError("postgres", "The keeper of the embedded PostgreSQL does not come up.", {
    hint: `See ${home.keeperLog}, or set DATABASE_URL to a PostgreSQL of your own.`,
  })
}

/** The server from the keeper at this socket, waiting until it is up; undefined if there is no keeper any more. */
function ask(socketPath: string): Promise<Lease | undefined> {
  return new Promise((resolve, fail) => {
    const socket = connect(socketPath, () => socket.write(holdRequest))
    let text = ""
    socket.setEncoding("utf8")
    socket.on("data", (part: string) => {
      text += part
      if (!text.endsWith("\n")) return
      // Written by `answer` of the keeper's door.
      const answer = JSON.parse(text) as KeeperAnswer
      if (answer.kind === "up") return resolve({ url: answer.url, socket })
      socket.destroy()
      fail(new FreshetError("postgres", answer.message, answer.hint ? { hint: answer.hint } : {}))
    })
    socket.on("error", (cause: NodeJS.ErrnoException) => {
      // Linux refuses a connection with EAGAIN while the keeper's queue is full.
      if (!isNobody(cause) && !isHangUp(cause) && cause.code !== "EAGAIN")
        fail(unreachableSocket(socketPath, cause))
    })
    socket.once("close", () => resolve(undefined))
  })
}

type StartedKeeper = { readonly hasEnded: () => boolean }

/** One of several keepers started at once wins; the others end at once and well. */
function startKeeper(home: PostgresHome, keeperCommand: readonly string[]): StartedKeeper {
  prepareFolders(home)
  const fromByte = logBytes(home.keeperLog)
  const child = spawnKeeper(home, keeperCommand)
  let failure: string | undefined
  child.once("error", (cause) => (failure = cause.message))
  const hasEnded = () => {
    const hasFailed = failure !== undefined || (child.exitCode !== null && child.exitCode !== 0)
    if (!hasFailed) return child.exitCode !== null || child.signalCode !== null
    const why = failure ?? logTail(home.keeperLog, fromByte)
    throw new FreshetError("postgres", `The keeper of the embedded PostgreSQL failed: ${why}`, {
      hint: `See ${home.keeperLog}, or set DATABASE_URL to a PostgreSQL of your own.`,
    })
  }
  return { hasEnded }
}

function spawnKeeper(home: PostgresHome, keeperCommand: readonly string[]): ChildProcess {
  const [program = process.execPath, ...parameters] = keeperCommand
  const log = openLog(home.keeperLog)
  try {
    const child = spawn(program, [...parameters, home.homeFolder], {
      ...bareEnvironment(),
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
