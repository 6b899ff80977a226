import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"

import { int32 } from "@freshet/core"
import {
  createRandom,
  FreshetError,
  type PublicationRequest,
  type Random,
} from "@freshet/core/engine"
import { withPostgres } from "@freshet/embedded-postgres"
import { getSupervisorCommand } from "@freshet/embedded-postgres/testing"
import { integer, pgTable, primaryKey } from "drizzle-orm/pg-core"
import { Client } from "pg"
import { expect, test } from "vitest"

import { createPublisher } from "../../src/publish/publisher.ts"
import {
  buildRequest,
  openPublishFixture,
  publishedAsset,
  type PublishFixture,
} from "../publish/publish-fixture.ts"

const publications = Number(process.env["FRESHET_TEST_PUBLICATIONS"] ?? 60)
const seed = Number(process.env["FRESHET_TEST_SEED"] ?? Date.now() % 1_000_000)
const rows = 500

const recs = publishedAsset(
  "recs",
  { id: int32(), edition: int32() },
  pgTable("recs", { id: integer().primaryKey(), edition: integer().notNull() }),
)
const reasons = publishedAsset(
  "reasons",
  { id: int32(), edition: int32() },
  pgTable("reasons", { id: integer().notNull(), edition: integer().notNull() }, (table) => [
    primaryKey({ columns: [table.id, table.edition] }),
  ]),
)
const tables = `create table recs (id int primary key, edition int not null);
  create table reasons (id int, edition int, primary key (id, edition))`

/** The server, and the number of its crashes. */
interface CrashingServer {
  readonly url: string
  readonly random: Random
  isOver: boolean
  crashes: number
}

test(`a reader sees one whole edition in each snapshot during ${publications} publications and crashes of the server (seed ${seed})`, async () => {
  const home = await mkdtemp(join(tmpdir(), "freshet-crashes-"))
  const supervisorCommand = await getSupervisorCommand()
  try {
    await withPostgres({ home, supervisorCommand }, async (url) => {
      const fixture = await openPublishFixture(tables, { url, close: async () => {} })
      const server = { url, random: createRandom(seed), isOver: false, crashes: 0 }
      try {
        await createPublisher(fixture).publish(await createEdition(fixture, 0))
        const [reads] = await Promise.all([readEditions(server), publishEditions(fixture, server)])
        expect(reads).toBeGreaterThan(publications)
        expect(server.crashes).toBeGreaterThan(publications / 20)
      } finally {
        await fixture.close()
      }
    })
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
})

/** In recs rows come, change and go with each edition; in reasons all rows are replaced. */
async function createEdition(
  fixture: PublishFixture,
  edition: number,
): Promise<PublicationRequest> {
  const selectFrom = (first: number) =>
    fixture.store(
      `select i::int as id, ${edition}::int as edition from range(${first}, ${first + rows}) r(i)`,
    )
  return buildRequest([
    [recs, await selectFrom(edition)],
    [reasons, await selectFrom(0)],
  ])
}

/**
 * Publishes one edition after the other, and crashes the server during every fourth one. A publication that failed is
 * repeated, and one that was reported is there.
 */
async function publishEditions(fixture: PublishFixture, server: CrashingServer): Promise<void> {
  let lastMs = 500
  try {
    for (let edition = 1; edition <= publications; edition++) {
      const request = await createEdition(fixture, edition)
      const hasCrash = server.random.below(4) === 0
      const startedAt = Date.now()
      const crash = hasCrash ? crashServer(server, server.random.below(lastMs)) : undefined
      await publishUntilDone(fixture, request)
      if (!hasCrash) lastMs = Date.now() - startedAt
      await crash
      const { editions, records } = await retry(server.url, (client) => readState(client, request))
      expect({ editions, records }).toEqual({ editions: [edition], records: 1 })
    }
  } finally {
    server.isOver = true
  }
}

async function publishUntilDone(
  fixture: PublishFixture,
  request: PublicationRequest,
): Promise<void> {
  for (;;) {
    try {
      await createPublisher(fixture).publish(request)
      return
    } catch (cause) {
      if (!(cause instanceof FreshetError)) throw cause
      const { records } = await retry(fixture.url, (client) => readState(client, request))
      if (cause.message.includes("was not published")) expect(records).toBe(0)
      if (records > 0) return
    }
  }
}

/** Reads the editions in the tables, and how often the ledger has the publication. */
async function readState(client: Client, { version }: PublicationRequest) {
  const { rows: states } = await client.query<{ editions: readonly number[]; records: number }>(
    `select
      (select array_agg(distinct edition) from (table recs union all table reasons) both_tables) as editions,
      (select count(*)::int from freshet.publications where version = $1) as records`,
    [version],
  )
  return states[0] ?? { editions: [], records: 0 }
}

/** Reads both tables in snapshots, one after the other; returns the number of snapshots. */
async function readEditions(server: CrashingServer): Promise<number> {
  let reads = 0
  while (!server.isOver)
    await retry(server.url, async (client) => {
      for (; !server.isOver; reads++) {
        await client.query("begin isolation level repeatable read")
        const first = await readTable(client, "recs")
        await delay(server.random.below(5))
        const second = await readTable(client, "reasons")
        const again = await readTable(client, "recs")
        await client.query("commit")
        expect(first).toEqual({ editions: [expect.any(Number)], rows })
        expect([second, again]).toEqual([first, first])
      }
    })
  return reads
}

async function readTable(client: Client, table: string) {
  const { rows: tableRows } = await client.query<{ editions: readonly number[]; rows: number }>(
    `select array_agg(distinct edition) as editions, count(*)::int as rows from ${table}`,
  )
  return tableRows[0]
}

/** After a moment kills a process of the server with SIGKILL, or stops the server at once. */
async function crashServer(server: CrashingServer, afterMs: number): Promise<void> {
  const postmaster = await retry(server.url, readPostmaster)
  await delay(afterMs)
  const kind = server.random.below(3)
  if (kind === 0) killProcess(postmaster, "SIGQUIT")
  else if (kind === 1) killProcess(postmaster, "SIGKILL")
  else killProcess(await retry(server.url, readPublisherProcess), "SIGKILL")
  server.crashes += 1
}

/** Sends a signal to a process, which may have ended since its number was read. */
function killProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error
  }
}

async function readPostmaster(client: Client): Promise<number> {
  const { rows: processes } = await client.query<{ pid: number }>(
    "select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int as pid",
  )
  return processes[0]?.pid ?? 0
}

/** Reads the process of the publication, or that of this connection. */
async function readPublisherProcess(client: Client): Promise<number> {
  const { rows: processes } = await client.query<{ pid: number }>(
    `select coalesce(min(pid) filter (where application_name = 'freshet publish'), pg_backend_pid()) as pid
    from pg_stat_activity`,
  )
  return processes[0]?.pid ?? 0
}

/** Runs work over a connection, and again while the server is down. */
async function retry<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  for (;;) {
    const client = new Client({ connectionString: url })
    client.on("error", () => undefined)
    try {
      await client.connect()
      return await work(client)
    } catch (cause) {
      if (isAssertion(cause)) throw cause
      await delay(20)
    } finally {
      await client.end().catch(() => undefined)
    }
  }
}

function isAssertion(cause: unknown): boolean {
  return cause instanceof Error && cause.name === "AssertionError"
}
