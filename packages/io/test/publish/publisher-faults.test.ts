import { int32 } from "@freshet/core"
import { FreshetError, type PublicationRequest } from "@freshet/core/engine"
import { waitUntil } from "@freshet/embedded-postgres/testing"
import { integer, pgTable, timestamp } from "drizzle-orm/pg-core"
import { Client } from "pg"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"

import { connectLedger } from "../../src/ledger/connection.ts"
import { endDeadWorkers } from "../../src/ledger/workers.ts"
import { createPublisher } from "../../src/publish/publisher.ts"
import type { ReadRows } from "../../src/publish/row-reader.ts"
import { openCommitProxy } from "./commit-proxy.ts"
import {
  openPublishFixture,
  publishedAsset,
  type PublishFixture,
  buildRequest,
} from "./publish-fixture.ts"

const columns = { id: int32(), edition: int32() }
const tableNamed = (name: string) =>
  pgTable(name, {
    id: integer().primaryKey(),
    edition: integer().notNull(),
    created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
    updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  })
const one = publishedAsset("one", columns, tableNamed("one"))
const two = publishedAsset("two", columns, tableNamed("two"))

const tables = ["one", "two"].map(
  (name) => `create table ${name} (id int primary key, edition int not null,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());`,
)

let fixture: PublishFixture
beforeAll(async () => void (fixture = await openPublishFixture(tables.join("\n"))))
afterAll(() => fixture.close())
beforeEach(() => fixture.client.query("truncate one, two"))

/** The rows of both tables say in which edition they were written; rows come and go with each edition. */
async function edition(number: number, rows = 1_000): Promise<PublicationRequest> {
  const select = (from: number) =>
    fixture.store(`select i::int as id, ${number}::int as edition
      from range(${from + number}, ${from + number + rows}) r(i)`)
  return buildRequest([
    [one, await select(0)],
    [two, await select(500)],
  ])
}

const editionsSql = `
  select
    (select array_agg(distinct edition) from one) as one,
    (select array_agg(distinct edition) from two) as two,
    (select count(*)::int from one) as rows`

interface Editions {
  readonly one: readonly number[] | null
  readonly two: readonly number[] | null
  readonly rows: number
}

async function watchEditions(client: Client): Promise<Editions> {
  const { rows } = await client.query<Editions>(editionsSql)
  if (rows[0] === undefined) throw new TypeError("no row")
  return rows[0]
}

const whole = (number: number, rows = 1_000): Editions => {
  return { one: [number], two: [number], rows }
}

function createTestPublisher(
  options: { readonly url?: string; readonly readRows?: ReadRows } = {},
) {
  return createPublisher({ url: fixture.url, readRows: fixture.readRows, ...options })
}

async function catchError(work: Promise<unknown>): Promise<FreshetError> {
  const cause: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(cause instanceof FreshetError)) throw new TypeError(`no FreshetError: ${String(cause)}`)
  return cause
}

/** Ends the publisher's connection on the server's side, and waits until it is gone. */
async function killPublisher(): Promise<void> {
  const publisher = `from pg_stat_activity
    where application_name = 'freshet publish' and datname = current_database()`
  await fixture.client.query(`select pg_terminate_backend(pid) ${publisher}`)
  await waitUntil(async () => (await fixture.client.query(`select ${publisher}`)).rowCount === 0, 1)
}

async function countPublishers(): Promise<number | null> {
  const { rowCount } = await fixture.client.query(
    `select from pg_stat_activity
     where application_name = 'freshet publish' and datname = current_database()`,
  )
  return rowCount
}

/** Publishes over a connection that is killed just before its n-th statement; returns true if it had that many. */
async function publishUntil(nth: number, request: PublicationRequest) {
  let statements = 0
  const connect = async () => {
    const client = await connectLedger(fixture.url, { applicationName: "freshet publish" })
    const query = client.query.bind(client) as (...args: readonly unknown[]) => unknown
    const faulty = (...args: readonly unknown[]) => {
      statements += 1
      if (statements !== nth) return query(...args)
      const killed = killPublisher()
      return isStream(args[0]) ? (void killed, query(...args)) : killed.then(() => query(...args))
    }
    return Object.assign(client, { query: faulty })
  }
  const { readRows, comparer } = fixture
  const work = createPublisher({ connect, readRows, comparer }).publish(request)
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  return { reached: statements >= nth, failure }
}

function isStream(statement: unknown): boolean {
  return typeof statement === "object" && statement !== null && "pipe" in statement
}

describe("a connection that is killed", () => {
  test("before any statement at all leaves the old publication whole, and the next publish succeeds", async () => {
    await createTestPublisher().publish(await edition(1))
    let nth = 1
    for (; ; nth++) {
      const request = await edition(nth + 1)
      const { reached, failure } = await publishUntil(nth, request)
      if (!reached) break
      expect(failure, `statement ${nth}`).toMatchObject({ code: "publish" })
      expect(await watchEditions(fixture.client)).toEqual(whole(nth))
      await createTestPublisher().publish(request)
      expect(await watchEditions(fixture.client)).toEqual(whole(nth + 1))
    }
    expect(nth).toBeGreaterThan(20)
    expect(await watchEditions(fixture.client)).toEqual(whole(nth + 1))
  })

  test.each([0, 1, 2, 7, 8])("after %i chunks leaves the old rows", async (chunks) => {
    const rows = 2_048 * 4
    await createTestPublisher().publish(await edition(1))
    let passed = 0
    const readRows: ReadRows = async function* (...args) {
      for await (const chunk of fixture.readRows(...args)) {
        if (passed++ === chunks) await killPublisher()
        yield chunk
      }
      if (passed === chunks) await killPublisher()
    }
    const error = await catchError(
      createTestPublisher({ readRows }).publish(await edition(2, rows)),
    )
    expect(error.code).toBe("publish")
    expect(await watchEditions(fixture.client)).toEqual(whole(1))
    const changes = await createTestPublisher().publish(await edition(3, rows))
    expect(changes[0]).toMatchObject({ rows, deleted: 2, updated: 998, inserted: rows - 998 })
  })

  test("does not wait for rows without a reader", async () => {
    const readRows: ReadRows = async function* (...args) {
      yield* fixture.readRows(...args)
      throw new Error("the file is torn")
    }
    await createTestPublisher().publish(await edition(1))
    const error = await catchError(createTestPublisher({ readRows }).publish(await edition(2)))
    expect(error.message).toContain("one was not published: the file is torn")
    expect(await watchEditions(fixture.client)).toEqual(whole(1))
    await createTestPublisher().publish(await edition(3))
    expect(await watchEditions(fixture.client)).toEqual(whole(3))
  })
})

test("a set with a missing stored file is not published, and its tables stay unchanged", async () => {
  await createTestPublisher().publish(await edition(1))
  const request = await edition(2)
  const tables = request.tables.map((table) => {
    if (table.asset.name !== "two") return table
    const partitions = table.partitions.map((rows) => ({ ...rows, file: "two/gone/v.parquet" }))
    return { ...table, partitions }
  })
  const failure = await catchError(createTestPublisher().publish({ ...request, tables }))
  expect(failure.code).toBe("publish")
  expect(failure.message).toBe("two was not published: the store has no file two/gone/v.parquet")
  expect(await watchEditions(fixture.client)).toEqual(whole(1))
})

describe("a lost COMMIT", () => {
  test.each([
    ["whose answer alone was lost", "after_commit"],
    ["that the server hears late", "late_commit"],
  ] as const)("%s counts as published", async (_, cut) => {
    await createTestPublisher().publish(await edition(1))
    const proxy = await openCommitProxy(fixture.url, cut)
    try {
      const changes = await createTestPublisher({ url: proxy.url }).publish(await edition(2))
      expect(changes[0]).toMatchObject({ inserted: 1, deleted: 1, updated: 999 })
      expect(await watchEditions(fixture.client)).toEqual(whole(2))
    } finally {
      await proxy.close()
    }
  })

  test("that the server never heard counts as not published", async () => {
    await createTestPublisher().publish(await edition(1))
    const proxy = await openCommitProxy(fixture.url, "before_commit")
    try {
      const publisher = createTestPublisher({ url: proxy.url })
      const error = await catchError(publisher.publish(await edition(2)))
      expect(error.message).toContain("it was not published")
      expect(await watchEditions(fixture.client)).toEqual(whole(1))
      await publisher.publish(await edition(3))
      expect(await watchEditions(fixture.client)).toEqual(whole(3))
    } finally {
      await proxy.close()
    }
  })
})

describe("a run", () => {
  test("that ends during a publish publishes nothing", async () => {
    await createTestPublisher().publish(await edition(1))
    const readRows: ReadRows = async function* (...args) {
      yield* fixture.readRows(...args)
      await fixture.client.query("update freshet.runs set outcome = 'interrupted'")
    }
    const error = await catchError(createTestPublisher({ readRows }).publish(await edition(2)))
    expect(error.message).toContain("is over")
    await fixture.client.query("update freshet.runs set outcome = null")
    expect(await watchEditions(fixture.client)).toEqual(whole(1))
  })

  test("that is stopped during a publish ends with its worker, and another run can publish the set", async () => {
    await createTestPublisher().publish(await edition(1))
    const request = await edition(2)
    const { rows } = await fixture.client.query<{ id: number }>(
      `insert into freshet.workers (run, host, pid, lease_until) values ('run_1', 'here', 1, now())
       returning id`,
    )
    const claim = `insert into freshet.claims (kind, name, partition, worker)
      values ('publication', $1, 0, $2)`
    await fixture.client.query(claim, [request.set, rows[0]?.id])
    let startSuccessor = () => {}
    const stopped = new Promise<void>((resolve) => (startSuccessor = resolve))
    const readRows: ReadRows = async function* (...args) {
      startSuccessor()
      await waitUntil(async () => (await countPublishers()) === 0)
      yield* fixture.readRows(...args)
    }
    const work = catchError(createTestPublisher({ readRows }).publish(request))
    await stopped
    await endDeadWorkers(fixture.client)
    expect((await work).code).toBe("publish")
    await fixture.client.query("update freshet.runs set outcome = null")
    await createTestPublisher().publish(await edition(3))
    expect(await watchEditions(fixture.client)).toEqual(whole(3))
  })

  test("cannot end between that test and the COMMIT", async () => {
    const endRun = "set lock_timeout = '50ms'; update freshet.runs set outcome = 'failed'"
    let ending: Promise<unknown> | undefined
    const connect = async () => {
      const client = await connectLedger(fixture.url)
      const query = client.query.bind(client) as (...args: readonly unknown[]) => unknown
      const watched = (...args: readonly unknown[]) => {
        if (args[0] !== "commit") return query(...args)
        ending = fixture.client.query(endRun)
        return ending.then(
          () => query(...args),
          () => query(...args),
        )
      }
      return Object.assign(client, { query: watched })
    }
    await createPublisher({ connect, readRows: fixture.readRows }).publish(await edition(1))
    await expect(ending).rejects.toMatchObject({ code: "55P03" })
    expect(await watchEditions(fixture.client)).toEqual(whole(1))
  })
})

describe("several at once", () => {
  test("a reader never sees two editions, nor a part of one", async () => {
    await createTestPublisher().publish(await edition(1, 500))
    const reader = new Client({ connectionString: fixture.url })
    await reader.connect()
    const publishing = { isOver: false }
    let reads = 0
    const reading = (async () => {
      const seenEditions = new Set<number>()
      for (; !publishing.isOver; reads++) {
        const editions = await watchEditions(reader)
        const number = editions.one?.[0] ?? 0
        expect(editions).toEqual(whole(number, 500))
        seenEditions.add(number)
      }
      return seenEditions
    })()
    try {
      for (let number = 2; number <= 31; number++)
        await createTestPublisher().publish(await edition(number, 500))
    } finally {
      publishing.isOver = true
    }
    const seen = await reading
    expect(seen.size).toBeGreaterThan(10)
    expect(reads).toBeGreaterThan(30)
    await reader.end()
  })

  test("a publish that waited has a later time than the publish that it waited for", async () => {
    const lock = "(hashtextextended('freshet publication of set', 0))"
    await fixture.client.query(`select pg_advisory_lock${lock}`)
    const work = createTestPublisher().publish(await edition(1))
    const waiting = `select from pg_stat_activity
      where application_name = 'freshet publish' and wait_event = 'advisory'`
    await waitUntil(async () => (await fixture.client.query(waiting)).rowCount !== 0, 1)
    const { rows } = await fixture.client.query(
      `select clock_timestamp() as at, pg_advisory_unlock${lock}`,
    )
    await work
    const { rows: later } = await fixture.client.query(
      "select min(created_at) > $1 as is_later from one",
      [rows[0].at],
    )
    expect(later).toEqual([{ is_later: true }])
  })

  test("publishers of one set take turns, and their times ascend", async () => {
    for (let round = 0; round < 5; round++) {
      const requests = [await edition(2 * round, 500), await edition(2 * round + 1, 500)]
      await Promise.all(requests.map((request) => createTestPublisher().publish(request)))
      const { rows } = await fixture.client.query<{ version: string; at: Date }>(
        "select version, published_at as at from freshet.publications order by id desc limit 2",
      )
      const newest = requests.findIndex((request) => request.version === rows[0]?.version)
      expect(await watchEditions(fixture.client)).toEqual(whole(2 * round + newest, 500))
      expect(rows[0]!.at.getTime()).toBeGreaterThanOrEqual(rows[1]!.at.getTime())
    }
  })
})
