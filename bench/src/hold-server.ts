import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

import { withPostgres } from "@freshet/io"
import pg from "pg"

import { freshet, freshetPath } from "./freshet-process.ts"

/** An embedded PostgreSQL that stays up through the whole benchmark. */
export interface HeldServer {
  /** A database with Freshet's tables, all empty; gives its URL. */
  readonly freshDatabase: () => Promise<string>
  /** CPU time of the server and all that it started, so far. */
  readonly cpuMs: () => number
}

const template = "freshet_bench_template"

/** Starts the server in a folder of its own, and lends it. */
export async function withServer<T>(work: (server: HeldServer) => Promise<T>): Promise<T> {
  const keeper = await keeperPath()
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-"))
  try {
    return await withPostgres(
      { home: join(folder, "home"), keeperCommand: [process.execPath, keeper] },
      (url) => lend(url, folder, work),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

/** The keeper of Freshet's own bundle, which asking for help brings up to date. */
async function keeperPath(): Promise<string> {
  spawnSync(process.execPath, [freshetPath, "--help"])
  const launcher = new URL("current-bundle.js", pathToFileURL(freshetPath))
  const { findCurrentBundle } = (await import(launcher.href)) as {
    findCurrentBundle: () => URL | undefined
  } // what the launcher itself imports
  const folder = findCurrentBundle()
  if (folder === undefined) throw new Error("Freshet cannot be bundled")
  return fileURLToPath(new URL("keeper.js", folder))
}

async function lend<T>(
  url: string,
  folder: string,
  work: (server: HeldServer) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await makeTemplate(client, url, folder)
    const server = await serverPid(client)
    let databases = 0
    return await work({
      freshDatabase: async () => {
        databases += 1
        const name = `freshet_bench_${databases}`
        await client.query(`create database ${name} template ${template}`)
        await client.query("checkpoint")
        return databaseUrl(url, name)
      },
      cpuMs: () => cpuOfFamily(server),
    })
  } finally {
    await client.end()
  }
}

/** Asking for the status over an empty landing zone makes the tables; what it remembers is forgotten again. */
async function makeTemplate(client: pg.Client, url: string, folder: string): Promise<void> {
  await client.query(`create database ${template}`)
  const landing = join(folder, "landing")
  mkdirSync(landing)
  const there = databaseUrl(url, template)
  const made = freshet(["status"], { home: join(folder, "template"), landing, databaseUrl: there })
  if (made.status !== 0) throw new Error(`\`freshet status\` failed: ${made.stderr}`)
  const inside = new pg.Client({ connectionString: there })
  await inside.connect()
  await inside.query("truncate freshet.query_texts")
  await inside.end()
}

function databaseUrl(url: string, name: string): string {
  const there = new URL(url)
  there.pathname = `/${name}`
  return there.href
}

async function serverPid(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid")
  return parentOf(rows[0]?.pid ?? 0)
}

/** The fields of /proc/<pid>/stat that come after the program's name, from the third on. */
function statOf(pid: number): readonly string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8")
  return text.slice(text.lastIndexOf(")") + 2).split(" ")
}

function parentOf(pid: number): number {
  return Number(statOf(pid)[1])
}

const msPerTick = 10

/** Of the server itself, of its children that ended, and of those that live. */
function cpuOfFamily(server: number): number {
  const [, , , , , , , , , , , ...times] = statOf(server)
  const own = times.slice(0, 4).reduce((sum, ticks) => sum + Number(ticks), 0)
  const living = readFileSync(`/proc/${server}/task/${server}/children`, "utf8").trim().split(" ")
  const theirs = living.map((pid) => {
    const [user, system] = statOf(Number(pid)).slice(11, 13)
    return Number(user) + Number(system)
  })
  return msPerTick * theirs.reduce((sum, ticks) => sum + ticks, own)
}
