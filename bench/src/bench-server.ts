import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

import { withPostgres } from "@freshet/embedded-postgres"
import pg from "pg"

import { spawnFreshet, freshetPath } from "./freshet-process.ts"

/** An embedded PostgreSQL that stays up through the whole benchmark. */
export interface BenchServer {
  /** Creates a database with Freshet's empty tables; returns its URL. */
  readonly createDatabase: () => Promise<string>
  /** Returns the CPU time of the server and its children. */
  readonly readCpuMs: () => number
}

const template = "freshet_bench_template"

/** Runs `work` with a server in a folder of its own. */
export async function withBenchServer<T>(work: (server: BenchServer) => Promise<T>): Promise<T> {
  const supervisorPath = await findSupervisorPath()
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-"))
  try {
    return await withPostgres(
      { home: join(folder, "home"), supervisorCommand: [process.execPath, supervisorPath] },
      (url) => withTemplate(url, folder, work),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

/** Finds the supervisor of Freshet's bundle. */
async function findSupervisorPath(): Promise<string> {
  const bundler = new URL("bundle-command.js", pathToFileURL(freshetPath))
  const { bundleCommand } = (await import(bundler.href)) as {
    bundleCommand: () => Promise<string>
  } // as the launcher imports it
  return join(await bundleCommand(), "supervisor.js")
}

async function withTemplate<T>(
  url: string,
  folder: string,
  work: (serverProcess: BenchServer) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await createTemplate(client, url, folder)
    const server = await readServerPid(client)
    let databases = 0
    return await work({
      createDatabase: async () => {
        databases += 1
        const name = `freshet_bench_${databases}`
        await client.query(`create database ${name} template ${template}`)
        await client.query("checkpoint")
        return toDatabaseUrl(url, name)
      },
      readCpuMs: () => sumServerCpuMs(server),
    })
  } finally {
    await client.end()
  }
}

/** Creates the tables by `status` over an empty landing zone, and removes its caches. */
async function createTemplate(client: pg.Client, url: string, folder: string): Promise<void> {
  await client.query(`create database ${template}`)
  const landing = join(folder, "landing")
  mkdirSync(landing)
  const templateUrl = toDatabaseUrl(url, template)
  const result = spawnFreshet(["status"], {
    home: join(folder, "template"),
    landing,
    databaseUrl: templateUrl,
  })
  if (result.status !== 0) throw new Error(`\`freshet status\` failed: ${result.stderr}`)
  const templateClient = new pg.Client({ connectionString: templateUrl })
  await templateClient.connect()
  await templateClient.query("truncate freshet.query_texts")
  await templateClient.end()
}

function toDatabaseUrl(url: string, name: string): string {
  const target = new URL(url)
  target.pathname = `/${name}`
  return target.href
}

async function readServerPid(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid")
  return readParentPid(rows[0]?.pid ?? 0)
}

/** Reads the fields of /proc/<pid>/stat after the program's name, from the third on. */
function readProcessStat(pid: number): readonly string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8")
  return text.slice(text.lastIndexOf(")") + 2).split(" ")
}

function readParentPid(pid: number): number {
  return Number(readProcessStat(pid)[1])
}

const msPerTick = 10

/** Reads the CPU time of a process and of its ended children. */
export function readProcessCpuMs(pid: number): number {
  const times = readProcessStat(pid).slice(11, 15)
  return msPerTick * times.reduce((sum, ticks) => sum + Number(ticks), 0)
}

/** Adds up the server, its ended children and its running children. */
function sumServerCpuMs(server: number): number {
  const childPids = readFileSync(`/proc/${server}/task/${server}/children`, "utf8")
    .trim()
    .split(" ")
  const childTicks = childPids.map((pid) => readOwnTicks(Number(pid)))
  return msPerTick * childTicks.reduce((sum, ticks) => sum + ticks, 0) + readProcessCpuMs(server)
}

/** Reads the ticks of a process without its children; 0 if it has ended since it was listed: then its parent has them. */
function readOwnTicks(pid: number): number {
  try {
    const [user, system] = readProcessStat(pid).slice(11, 13)
    return Number(user) + Number(system)
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0
    throw error
  }
}
