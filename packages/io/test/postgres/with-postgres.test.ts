import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import {
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
} from "node:fs"
import { readFileSync, rmSync, statfsSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"

import { Client } from "pg"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"

import { postgresHome } from "../../src/postgres/postgres-home.ts"
import { postgresStatus } from "../../src/postgres/postgres-status.ts"
import { isServerProcess } from "../../src/postgres/server-state.ts"
import { withPostgres } from "../../src/postgres/with-postgres.ts"
import { holderFile, keeperCommand } from "./keeper-command.ts"

let command: readonly string[]
let template: string
let home: string
const homes: string[] = []
const processes: ChildProcess[] = []
let cleaned = Promise.resolve()
const hasOtherUsers = process.getuid?.() === 0 && isOpenToOthers(holderFile)

beforeAll(async () => {
  command = await keeperCommand()
  template = newHome()
  await onServer(template, (client) => client.query("CREATE TABLE kept (id int PRIMARY KEY)"))
  await untilStopped(template)
  homes.length = 0
})

beforeEach(() => {
  home = newHome()
  copyCluster(home)
})

afterEach(async () => {
  await Promise.all(processes.splice(0).map(kill))
  const left = homes.splice(0)
  cleaned = cleaned.then(() => clean(left))
})

afterAll(async () => {
  await cleaned
  rmSync(template, { recursive: true })
})

test("a server starts on first need and leaves no process behind", async () => {
  const fresh = newHome()
  const pids = await onServer(fresh, async (client) => {
    expect((await client.query("SELECT current_setting('fsync') AS fsync")).rows).toEqual([
      { fsync: "on" },
    ])
    return livingPids(fresh)
  })
  await until(async () => !pids.some(isProcess))
  await untilStopped(fresh)
})

test("a given URL is passed through and nothing is started", async () => {
  const databaseUrl = "postgres://somewhere/else"
  const options = { databaseUrl, home, keeperCommand: [] }
  expect(await withPostgres(options, async (url) => url)).toBe(databaseUrl)
  expect(await postgresStatus(home)).toMatchObject({ kind: "down", keeperPid: undefined })
})

test("five processes that start at once share one server", async () => {
  const holders = await Promise.all(Array.from({ length: 5 }, () => startHolder(home)))
  expect(new Set(holders.map(({ url }) => url)).size).toBe(1)
  expect(startsInLog(home)).toBe(1)
  for (const holder of holders.slice(1)) await holder.leave()
  expect((await postgresStatus(home)).kind).toBe("up")
})

test("a server in use is lent again within milliseconds", async () => {
  await lend(home, async () => {
    const startedAt = performance.now()
    for (let turn = 0; turn < 20; turn++) await lend(home, async () => undefined)
    expect((performance.now() - startedAt) / 20).toBeLessThan(10)
  })
})

test("a command that arrives while the server is stopping gets a running one", async () => {
  for (const state of ["stopping", "down"]) {
    await lend(home, async () => undefined)
    await until(async () => [state, "down"].includes((await postgresStatus(home)).kind), 1)
    expect(await countKept(home)).toBe(0)
  }
})

test("a command killed in its work lets the server go", async () => {
  const holder = await startHolder(home)
  const pids = await livingPids(home)
  await holder.kill()
  await until(async () => !pids.some(isProcess))
})

test("a killed keeper is replaced by one that adopts the running server", async () => {
  await onServer(home, async (client) => {
    const before = await postgresStatus(home)
    process.kill(before.keeperPid ?? 0, "SIGKILL")
    await until(async () => {
      const { keeperPid } = await postgresStatus(home)
      return keeperPid !== undefined && keeperPid !== before.keeperPid
    })
    expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }])
    expect((await postgresStatus(home)).serverPid).toBe(before.serverPid)
  })
})

test("a killed server comes back with what was committed", async () => {
  await lend(home, async (url) => {
    await onUrl(url, (client) => client.query("INSERT INTO kept VALUES (1)"))
    process.kill((await postgresStatus(home)).serverPid ?? 0, "SIGKILL")
    await until(async () => (await tryCount(url)) === 1)
  })
})

test("a server killed together with its keeper comes back under the command that holds it", async () => {
  await lend(home, async (url) => {
    await onUrl(url, (client) => client.query("INSERT INTO kept VALUES (1)"))
    for (const pid of await livingPids(home)) process.kill(pid, "SIGKILL")
    await until(async () => (await tryCount(url)) === 1)
  })
})

test("after everything was killed the next command finds what was committed", async () => {
  const holder = await startHolder(home)
  await onUrl(holder.url, (client) => client.query("INSERT INTO kept VALUES (1)"))
  const pids = await livingPids(home)
  for (const pid of pids) process.kill(pid, "SIGKILL")
  await holder.kill()
  expect(await countKept(home)).toBe(1)
})

test("lock files whose process number was given to somebody else do not keep the server down", async () => {
  const { dataFolder, socketFolder } = postgresHome(home)
  mkdirSync(socketFolder, { recursive: true, mode: 0o700 })
  const lines = [process.pid, dataFolder, 1, 5432, socketFolder, "", "1 1", "ready", ""].join("\n")
  writeFileSync(join(dataFolder, "postmaster.pid"), lines)
  writeFileSync(join(socketFolder, ".s.PGSQL.5432"), "")
  writeFileSync(join(socketFolder, ".s.PGSQL.5432.lock"), lines)
  expect(await countKept(home)).toBe(0)
})

test("an empty lock file left by a power cut does not keep the server down", async () => {
  const lockFile = join(postgresHome(home).dataFolder, "postmaster.pid")
  writeFileSync(lockFile, "")
  utimesSync(lockFile, 0, 0)
  expect(await countKept(home)).toBe(0)
})

test("a cluster whose making was killed half way is made anew", async () => {
  const fresh = newHome()
  const { folder } = postgresHome(fresh)
  const holder = startProcess(fresh)
  const isHalfMade = () => drafts(folder).some((name) => existsSync(join(folder, name, "base")))
  await until(async () => existsSync(folder) && isHalfMade())
  process.kill((await postgresStatus(fresh)).keeperPid ?? 0, "SIGKILL")
  await kill(holder)
  expect(await onServer(fresh, async () => "works")).toBe("works")
  expect(drafts(folder)).toEqual([])
})

test("a state folder far down the tree gets a short socket path of its user's own", async () => {
  const deep = join(home, "a folder with spaces".repeat(6), "état")
  copyCluster(deep)
  expect(await countKept(deep)).toBe(0)
  const { socketFolder } = postgresHome(deep)
  expect(socketFolder.length).toBeLessThan(90)
  expect(statSync(socketFolder).mode & 0o777).toBe(0o700)
  await untilStopped(deep)
  rmSync(socketFolder, { recursive: true })
})

test("a server whose socket file was swept away is replaced", async () => {
  await lend(home, async (url) => {
    rmSync(join(postgresHome(home).socketFolder, ".s.PGSQL.5432"))
    await until(async () => (await tryCount(url)) === 0)
  })
})

test("a server whose state folder was deleted ends", async () => {
  const pids = await lend(home, async () => {
    const living = await livingPids(home)
    rmSync(home, { recursive: true })
    return living
  })
  await until(async () => !pids.some(isProcess))
})

test("a server that cannot start is an error that quotes its log", async () => {
  writeFileSync(join(postgresHome(home).dataFolder, "PG_VERSION"), "9\n")
  const failing = lend(home, async () => undefined)
  await expect(failing).rejects.toThrow(/could not start.*\n.*incompatible/)
  await expect(failing).rejects.toMatchObject({
    code: "postgres",
    hint: expect.stringContaining("DATABASE_URL"),
  })
})

test("an installation without PostgreSQL is an error that says what to do", async () => {
  const elsewhere = join(home, "keeper.mjs")
  copyFileSync(command[1] ?? "", elsewhere)
  const options = { home, keeperCommand: [process.execPath, elsewhere] }
  await expect(withPostgres(options, async () => undefined)).rejects.toMatchObject({
    message: expect.stringContaining("PostgreSQL is not installed"),
    hint: expect.stringContaining("DATABASE_URL"),
  })
})

test("a keeper that cannot run is an error", async () => {
  const options = { home, keeperCommand: [process.execPath, "/nowhere/keeper.js"] }
  await expect(withPostgres(options, async () => undefined)).rejects.toThrow(/keeper/)
})

test.runIf(hasOtherUsers)("an ordinary user runs the server as itself", async () => {
  const own = newHome()
  chownSync(own, 65534, 65534)
  const holder = await startHolder(own, { uid: 65534, gid: 65534 })
  const { serverPid = 0 } = await postgresStatus(own)
  expect(statSync(`/proc/${serverPid}`).uid).toBe(65534)
  await holder.leave()
})

test.runIf(hasOtherUsers)(
  "root runs the server of another user's cluster as that user",
  async () => {
    for (const name of readdirSync(home, { recursive: true, encoding: "utf8" })) {
      chownSync(join(home, name), 65534, 65534)
    }
    await onServer(home, async () => {
      const { serverPid = 0 } = await postgresStatus(home)
      expect(statSync(`/proc/${serverPid}`).uid).toBe(65534)
    })
  },
)

/** Whether other users may go to where the file lies: in a private folder they can run none of its programs. */
function isOpenToOthers(file: string): boolean {
  const folder = dirname(file)
  if (folder === file) return true
  const stats = statSync(folder, { throwIfNoEntry: false })
  const isOpen = stats === undefined || (stats.mode & 0o001) !== 0
  return isOpen && isOpenToOthers(folder)
}

function startsInLog(at: string): number {
  return readFileSync(postgresHome(at).serverLog, "utf8").split("starting PostgreSQL").length - 1
}

function drafts(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.startsWith("data-"))
}

/** Copying clusters dominates on a slow disk, so they lie in memory where there is enough of it. */
function quickFolder(): string {
  const memory = "/dev/shm"
  if (!existsSync(memory)) return tmpdir()
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > 1e9 ? memory : tmpdir()
}

function newHome(): string {
  const made = mkdtempSync(join(quickFolder(), "freshet-home-"))
  homes.push(made)
  return made
}

/** Runs beside the next test, since every server lingers for a moment. */
async function clean(left: readonly string[]): Promise<void> {
  for (const one of left) {
    await untilStopped(one)
    rmSync(one, { recursive: true, force: true })
  }
}

function copyCluster(to: string): void {
  const { folder, dataFolder } = postgresHome(to)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  cpSync(postgresHome(template).dataFolder, dataFolder, { recursive: true })
}

function lend<T>(at: string, work: (url: string) => Promise<T>): Promise<T> {
  return withPostgres({ home: at, keeperCommand: command }, work)
}

function onServer<T>(at: string, work: (client: Client) => Promise<T>): Promise<T> {
  return lend(at, (url) => onUrl(url, work))
}

async function onUrl<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  client.on("error", () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function countKept(at: string): Promise<number> {
  return lend(at, countAt)
}

function countAt(url: string): Promise<number> {
  return onUrl(url, async (client) => (await client.query("SELECT 1 FROM kept")).rows.length)
}

async function tryCount(url: string): Promise<number | undefined> {
  try {
    return await countAt(url)
  } catch {
    return undefined
  }
}

type Holder = {
  readonly url: string
  readonly leave: () => Promise<void>
  readonly kill: () => Promise<void>
}

async function startHolder(at: string, user: { uid?: number; gid?: number } = {}): Promise<Holder> {
  const child = startProcess(at, user)
  const [line] = await once(child.stdout ?? child, "data")
  const leave = async () => {
    child.stdin?.end()
    if (child.exitCode === null) await once(child, "exit")
  }
  return { url: String(line).trim(), leave, kill: () => kill(child) }
}

function startProcess(at: string, user: { uid?: number; gid?: number } = {}): ChildProcess {
  const stdio = ["pipe", "pipe", "inherit"] as const
  const child = spawn(process.execPath, [holderFile, at, ...command], {
    stdio: [...stdio],
    ...user,
  })
  processes.push(child)
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill("SIGKILL")
  await once(child, "exit")
}

async function livingPids(at: string): Promise<number[]> {
  const { keeperPid, serverPid } = await postgresStatus(at)
  return [keeperPid, serverPid].filter((pid) => pid !== undefined)
}

async function untilStopped(at: string): Promise<void> {
  await until(async () => (await livingPids(at)).length === 0)
  if (process.platform !== "linux") return
  const processNumbers = readdirSync("/proc").filter((name) => /^\d+$/.test(name))
  expect(processNumbers.filter((pid) => isServerProcess(Number(pid), postgresHome(at)))).toEqual([])
}

async function until(condition: () => Promise<boolean>, pollMs = 10): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`never came true: ${String(condition)}`)
    await delay(pollMs)
  }
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM"
  }
}
