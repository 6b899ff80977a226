import { appendFile, rm } from "node:fs/promises"
import { join } from "node:path"

import { int32, text } from "@freshet/core"
import { integer, pgTable, text as textColumn } from "drizzle-orm/pg-core"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"

import { connectLedger } from "../../src/ledger/connection.ts"
import { createPublisher } from "../../src/publish/publisher.ts"
import {
  buildRequest,
  openPublishFixture,
  publishedAsset,
  type PublishFixture,
} from "./publish-fixture.ts"

const itemsAsset = publishedAsset(
  "items",
  { id: int32(), name: text() },
  pgTable("items", { id: integer().primaryKey(), name: textColumn().notNull() }),
)

let fixture: PublishFixture
beforeAll(async () => {
  fixture = await openPublishFixture("create table items (id int primary key, name text not null)")
})
afterAll(() => fixture.close())
beforeEach(() => fixture.client.query("truncate items"))

/** Publishes items, and returns the numbers of rows that were sent to the server and changed. */
async function publish(file: string, connect = () => connectLedger(fixture.url)) {
  const sent = { rows: 0 }
  const publisher = createPublisher({
    connect,
    comparer: fixture.comparer,
    readRows: async function* (...args) {
      for await (const chunk of fixture.readRows(...args)) {
        sent.rows += chunk.rowCount
        yield chunk
      }
    },
  })
  const [change] = await publisher.publish(buildRequest([[itemsAsset, file]]))
  return { sentRows: sent.rows, change }
}

const storeItems = (rows: readonly (readonly [number, string])[]) =>
  fixture.store(
    `select id::int as id, name from (values ${rows.map(([id, name]) => `(${id}, '${name}')`).join(", ")}) items(id, name)`,
  )

const readItems = async () =>
  (await fixture.client.query("select id, name from items order by id")).rows

const old = () =>
  storeItems([
    [1, "one"],
    [2, "two"],
    [3, "three"],
  ])
const next = () =>
  storeItems([
    [1, "one"],
    [2, "zwei"],
    [4, "vier"],
  ])
const nextItems = [
  { id: 1, name: "one" },
  { id: 2, name: "zwei" },
  { id: 4, name: "vier" },
]
const change = { inserted: 1, updated: 1, deleted: 1, rows: 3 }

describe("a table with the rows of the latest publication", () => {
  test("receives only the rows that differ, again and again", async () => {
    expect(await publish(await old())).toMatchObject({ sentRows: 3 })
    expect(await publish(await next())).toMatchObject({ sentRows: 0, change })
    expect(await readItems()).toEqual(nextItems)
    expect(await publish(await old())).toMatchObject({ sentRows: 0, change })
    expect(await publish(await next())).toMatchObject({ sentRows: 0, change })
    expect(await readItems()).toEqual(nextItems)
  })

  test.each([
    ["changes a row", "update items set name = 'mine' where id = 1"],
    ["deletes a row", "delete from items where id = 1"],
    ["replaces a row", "delete from items where id = 1; insert into items values (7, 'seven')"],
  ])("is compared by the server after another program %s", async (_, statement) => {
    await publish(await old())
    await publish(await next())
    await fixture.client.query(statement)
    const file = await old()
    expect(await publish(file)).toMatchObject({ sentRows: 3 })
    expect(await readItems()).toEqual([
      { id: 1, name: "one" },
      { id: 2, name: "two" },
      { id: 3, name: "three" },
    ])
    expect(await publish(await next())).toMatchObject({ sentRows: 0, change })
  })

  test("is compared by the server after a restore in one transaction, with a row of another program", async () => {
    await publish(await old())
    await fixture.client.query(`
      update items set name = 'mine' where id = 1;
      begin;
      create temp table saved_items on commit drop as select * from items;
      create temp table saved_tables on commit drop as select * from freshet.published_tables;
      truncate items, freshet.published_tables;
      insert into items select * from saved_items;
      insert into freshet.published_tables select * from saved_tables;
      commit`)
    expect(await publish(await next())).toMatchObject({ sentRows: 3 })
    expect(await readItems()).toEqual(nextItems)
  })

  test("is compared by the server again if another program changes a row after the comparison", async () => {
    await publish(await old())
    await fixture.client.query("update items set name = name")
    const connectBeforeChange = async () => {
      const client = await connectLedger(fixture.url)
      const query = client.query.bind(client) as (...args: readonly unknown[]) => unknown
      const change = () => fixture.client.query("update items set name = 'late' where id = 1")
      const queryAfterChange = (statement: unknown, ...args: readonly unknown[]) =>
        String(statement).includes("into freshet.published_partitions")
          ? change().then(() => query(statement, ...args))
          : query(statement, ...args)
      return Object.assign(client, { query: queryAfterChange })
    }
    expect(await publish(await next(), connectBeforeChange)).toMatchObject({ sentRows: 3 })
    expect(await publish(await old())).toMatchObject({ sentRows: 3 })
    expect((await readItems())[0]).toEqual({ id: 1, name: "one" })
  })

  test("has a record of the transactions that have rows in it", async () => {
    const files = [await old(), await next()]
    for (const file of [...files, ...files, ...files]) await publish(file)
    const { rows } = await fixture.client.query<{ recorded: boolean; writers: number }>(
      `select bool_and(xmin::text = any(writers)) as recorded, max(cardinality(writers)) as writers
       from items, (select writers from freshet.published_tables) as recorded`,
    )
    expect(rows).toEqual([{ recorded: true, writers: 3 }])
  })

  test.each([
    ["damaged", (path: string) => appendFile(path, "x")],
    ["gone", (path: string) => rm(path)],
  ])("is compared by the server if the file of its rows is %s", async (_, damage) => {
    const file = await old()
    await publish(file)
    await damage(join(fixture.folder, file))
    expect(await publish(await next())).toMatchObject({ sentRows: 3, change })
    expect(await readItems()).toEqual(nextItems)
  })

  test("reports a repeated key", async () => {
    await publish(await old())
    const file = await storeItems([
      [1, "one"],
      [2, "two"],
      [2, "zwei"],
    ])
    await expect(publish(file)).rejects.toThrow("its key (id)=(2) is in the data more than once")
    expect(await publish(await next())).toMatchObject({ sentRows: 0, change })
  })
})
