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

import { Client } from "pg"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"

import { buildPostgresHome } from "../src/postgres-home.ts"
import { readPostgresStatus } from "../src/postgres-status.ts"
import { isServerProcess } from "../src/server-state.ts"
import { setStayUp } from "../src/stay-up.ts"
import { withPostgres } from "../src/with-postgres.ts"
import { clientProgramFile, getSupervisorCommand } from "./supervisor-command.ts"
import { waitUntil } from "./wait-until.ts"

let command: readonly string[]
let template: string
let home: string
const homes: string[] = []
const processes: ChildProcess[] = []
let cleaned = Promise.resolve()
const hasOtherUsers = process.getuid?.() === 0 && isOpenToOthers(clientProgramFile)

beforeAll(async () => {
  command = await getSupervisorCommand()
  template = createHome()
  await withServerConnection(template, (client) =>
    client.query("CREATE TABLE kept (id int PRIMARY KEY)"),
  )
  await waitUntilStopped(template)
  homes.length = 0
})

beforeEach(() => {
  home = createHome()
  copyCluster(home)
})

afterEach(async () => {
  await Promise.all(processes.splice(0).map(kill))
  const left = homes.splice(0)
  cleaned = cleaned.then(() => removeFolders(left))
})

afterAll(async () => {
  await cleaned
  rmSync(template, { recursive: true })
})

test("a server starts on first need and leaves no process behind", async () => {
  const fresh = createHome()
  const pids = await withServerConnection(fresh, async (client) => {
    expect((await client.query("SELECT current_setting('fsync') AS fsync")).rows).toEqual([
      { fsync: "on" },
    ])
    return listLivingPids(fresh)
  })
  await waitUntil(async () => !pids.some(isProcess))
  await waitUntilStopped(fresh)
})

test("a server that stays up runs without a client until it is released", async () => {
  const fresh = createHome()
  setStayUp(fresh, true)
  const pids = await withServerConnection(fresh, () => listLivingPids(fresh))
  await new Promise((resolve) => setTimeout(resolve, 1500)) // several idle timeouts
  expect(await readPostgresStatus(fresh)).toMatchObject({ kind: "up", staysUp: true })
  expect(await withServerConnection(fresh, () => listLivingPids(fresh))).toEqual(pids)
  setStayUp(fresh, false)
  await waitUntilStopped(fresh)
})

test("a configured URL is passed through and no server starts", async () => {
  const databaseUrl = "postgres://somewhere/else"
  const options = { databaseUrl, home, supervisorCommand: [] }
  expect(await withPostgres(options, async (url) => url)).toBe(databaseUrl)
  expect(await readPostgresStatus(home)).toMatchObject({ kind: "down", supervisorPid: undefined })
})

test("five processes that start at once share one server", async () => {
  const clients = await Promise.all(Array.from({ length: 5 }, () => startClient(home)))
  expect(new Set(clients.map(({ url }) => url)).size).toBe(1)
  expect(countStarts(home)).toBe(1)
  for (const client of clients.slice(1)) await client.leave()
  expect((await readPostgresStatus(home)).kind).toBe("up")
})

test("a server in use is connected to, not started again", async () => {
  await withServer(home, async (url) => {
    const pids = await listLivingPids(home)
    for (let turn = 0; turn < 20; turn++)
      expect(await withServer(home, async (nextUrl) => nextUrl)).toBe(url)
    expect(await listLivingPids(home)).toEqual(pids)
    expect(countStarts(home)).toBe(1)
  })
})

test("a command that arrives while the server is stopping gets a running one", async () => {
  for (const state of ["stopping", "down"]) {
    await withServer(home, async () => undefined)
    await waitUntil(async () => [state, "down"].includes((await readPostgresStatus(home)).kind), 1)
    expect(await countRetainedRows(home)).toBe(0)
  }
})

test("a command killed in its work lets the server go", async () => {
  const client = await startClient(home)
  const pids = await listLivingPids(home)
  await client.kill()
  await waitUntil(async () => !pids.some(isProcess))
})

test("a killed supervisor is replaced by one that adopts the running server", async () => {
  await withServerConnection(home, async (client) => {
    const before = await readPostgresStatus(home)
    process.kill(before.supervisorPid ?? 0, "SIGKILL")
    await waitUntil(async () => {
      const { supervisorPid } = await readPostgresStatus(home)
      return supervisorPid !== undefined && supervisorPid !== before.supervisorPid
    })
    expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }])
    expect((await readPostgresStatus(home)).serverPid).toBe(before.serverPid)
  })
})

test("a killed server restarts with the committed rows", async () => {
  await withServer(home, async (url) => {
    await withUrlConnection(url, (client) => client.query("INSERT INTO kept VALUES (1)"))
    process.kill((await readPostgresStatus(home)).serverPid ?? 0, "SIGKILL")
    await waitUntil(async () => (await tryCount(url)) === 1)
  })
})

test("a server killed together with its supervisor comes back under the command that holds it", async () => {
  await withServer(home, async (url) => {
    await withUrlConnection(url, (client) => client.query("INSERT INTO kept VALUES (1)"))
    for (const pid of await listLivingPids(home)) process.kill(pid, "SIGKILL")
    await waitUntil(async () => (await tryCount(url)) === 1)
  })
})

test("after all processes were killed the next command finds the committed rows", async () => {
  const client = await startClient(home)
  await withUrlConnection(client.url, (client) => client.query("INSERT INTO kept VALUES (1)"))
  const pids = await listLivingPids(home)
  for (const pid of pids) process.kill(pid, "SIGKILL")
  await client.kill()
  expect(await countRetainedRows(home)).toBe(1)
})

test("lock files whose process number belongs to another process do not keep the server down", async () => {
  const { dataFolder, socketFolder } = buildPostgresHome(home)
  mkdirSync(socketFolder, { recursive: true, mode: 0o700 })
  const lines = [process.pid, dataFolder, 1, 5432, socketFolder, "", "1 1", "ready", ""].join("\n")
  writeFileSync(join(dataFolder, "postmaster.pid"), lines)
  writeFileSync(join(socketFolder, ".s.PGSQL.5432"), "")
  writeFileSync(join(socketFolder, ".s.PGSQL.5432.lock"), lines)
  expect(await countRetainedRows(home)).toBe(0)
})

test("an empty lock file after a power cut does not prevent a start", async () => {
  const lockFile = join(buildPostgresHome(home).dataFolder, "postmaster.pid")
  writeFileSync(lockFile, "")
  utimesSync(lockFile, 0, 0)
  expect(await countRetainedRows(home)).toBe(0)
})

test("a cluster whose initdb was killed is created again", async () => {
  const fresh = createHome()
  const { folder } = buildPostgresHome(fresh)
  const client = startProcess(fresh)
  const isHalfMade = () => listDrafts(folder).some((name) => existsSync(join(folder, name, "base")))
  await waitUntil(async () => existsSync(folder) && isHalfMade())
  process.kill((await readPostgresStatus(fresh)).supervisorPid ?? 0, "SIGKILL")
  await kill(client)
  expect(await withServerConnection(fresh, async () => "works")).toBe("works")
  expect(listDrafts(folder)).toEqual([])
})

test("a state folder far down the tree gets a short socket path of its user's own", async () => {
  const deep = join(home, "a folder with spaces".repeat(6), "état")
  copyCluster(deep)
  expect(await countRetainedRows(deep)).toBe(0)
  const { socketFolder } = buildPostgresHome(deep)
  expect(socketFolder.length).toBeLessThan(90)
  expect(statSync(socketFolder).mode & 0o777).toBe(0o700)
  await waitUntilStopped(deep)
  rmSync(socketFolder, { recursive: true })
})

test("a server whose socket file was swept away is replaced", async () => {
  await withServer(home, async (url) => {
    rmSync(join(buildPostgresHome(home).socketFolder, ".s.PGSQL.5432"))
    await waitUntil(async () => (await tryCount(url)) === 0)
  })
})

test("a server whose state folder was deleted ends", async () => {
  const pids = await withServer(home, async () => {
    const living = await listLivingPids(home)
    rmSync(home, { recursive: true })
    return living
  })
  await waitUntil(async () => !pids.some(isProcess))
})

test("a server that cannot start is an error that quotes its log", async () => {
  writeFileSync(join(buildPostgresHome(home).dataFolder, "PG_VERSION"), "9\n")
  const failing = withServer(home, async () => undefined)
  await expect(failing).rejects.toThrow(/could not start.*\n.*incompatible/)
  await expect(failing).rejects.toMatchObject({
    code: "postgres",
    hint: expect.stringContaining("DATABASE_URL"),
  })
})

test("an installation without PostgreSQL is an error with a hint", async () => {
  const elsewhere = join(home, "supervisor.mjs")
  copyFileSync(command[1] ?? "", elsewhere)
  const options = { home, supervisorCommand: [process.execPath, elsewhere] }
  await expect(withPostgres(options, async () => undefined)).rejects.toMatchObject({
    message: expect.stringContaining("PostgreSQL is not installed"),
    hint: expect.stringContaining("DATABASE_URL"),
  })
})

test("a supervisor that cannot run is an error", async () => {
  const options = { home, supervisorCommand: [process.execPath, "/nowhere/supervisor.js"] }
  await expect(withPostgres(options, async () => undefined)).rejects.toThrow(/supervisor/)
})

test.runIf(hasOtherUsers)("an ordinary user runs the server as itself", async () => {
  const own = createHome()
  chownSync(own, 65534, 65534)
  const account = await startClient(own, { uid: 65534, gid: 65534 })
  const { serverPid = 0 } = await readPostgresStatus(own)
  expect(statSync(`/proc/${serverPid}`).uid).toBe(65534)
  await account.leave()
})

test.runIf(hasOtherUsers)(
  "root runs the server of another user's cluster as that user",
  async () => {
    for (const name of readdirSync(home, { recursive: true, encoding: "utf8" })) {
      chownSync(join(home, name), 65534, 65534)
    }
    await withServerConnection(home, async () => {
      const { serverPid = 0 } = await readPostgresStatus(home)
      expect(statSync(`/proc/${serverPid}`).uid).toBe(65534)
    })
  },
)

/** Tests if other users can reach a file: they cannot run a program in a private folder. */
function isOpenToOthers(file: string): boolean {
  const folder = dirname(file)
  if (folder === file) return true
  const stats = statSync(folder, { throwIfNoEntry: false })
  const isOpen = stats === undefined || (stats.mode & 0o001) !== 0
  return isOpen && isOpenToOthers(folder)
}

function countStarts(at: string): number {
  return (
    readFileSync(buildPostgresHome(at).serverLog, "utf8").split("starting PostgreSQL").length - 1
  )
}

function listDrafts(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.startsWith("data-"))
}

/** Copying clusters dominates on a slow disk, so they lie in memory where there is enough of it. */
function findFastFolder(): string {
  const memory = "/dev/shm"
  if (!existsSync(memory)) return tmpdir()
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > 1e9 ? memory : tmpdir()
}

function createHome(): string {
  const newFolder = mkdtempSync(join(findFastFolder(), "freshet-home-"))
  homes.push(newFolder)
  return newFolder
}

/** Runs beside the next test, since a server stops a moment after its last connection. */
async function removeFolders(folders: readonly string[]): Promise<void> {
  for (const one of folders) {
    await waitUntilStopped(one)
    rmSync(one, { recursive: true, force: true })
  }
}

function copyCluster(to: string): void {
  const { folder, dataFolder } = buildPostgresHome(to)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  cpSync(buildPostgresHome(template).dataFolder, dataFolder, { recursive: true })
}

function withServer<T>(at: string, work: (url: string) => Promise<T>): Promise<T> {
  return withPostgres({ home: at, supervisorCommand: command }, work)
}

function withServerConnection<T>(at: string, work: (client: Client) => Promise<T>): Promise<T> {
  return withServer(at, (url) => withUrlConnection(url, work))
}

async function withUrlConnection<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  client.on("error", () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function countRetainedRows(at: string): Promise<number> {
  return withServer(at, countRowsAt)
}

function countRowsAt(url: string): Promise<number> {
  return withUrlConnection(
    url,
    async (client) => (await client.query("SELECT 1 FROM kept")).rows.length,
  )
}

async function tryCount(url: string): Promise<number | undefined> {
  try {
    return await countRowsAt(url)
  } catch {
    return undefined
  }
}

type ClientProcess = {
  readonly url: string
  readonly leave: () => Promise<void>
  readonly kill: () => Promise<void>
}

async function startClient(
  at: string,
  user: { uid?: number; gid?: number } = {},
): Promise<ClientProcess> {
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
  const child = spawn(process.execPath, [clientProgramFile, at, ...command], {
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

async function listLivingPids(at: string): Promise<number[]> {
  const { supervisorPid, serverPid } = await readPostgresStatus(at)
  return [supervisorPid, serverPid].filter((pid) => pid !== undefined)
}

async function waitUntilStopped(at: string): Promise<void> {
  await waitUntil(async () => (await listLivingPids(at)).length === 0)
  if (process.platform !== "linux") return
  const processNumbers = readdirSync("/proc").filter((name) => /^\d+$/.test(name))
  expect(
    processNumbers.filter((pid) => isServerProcess(Number(pid), buildPostgresHome(at))),
  ).toEqual([])
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM"
  }
}
