import { appendFile, rm } from "node:fs/promises"
import { join } from "node:path"

import { int32, text } from "@freshet/core"
import { integer, pgTable, text as textColumn } from "drizzle-orm/pg-core"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"

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
async function publish(file: string) {
  const sent = { rows: 0 }
  const publisher = createPublisher({
    url: fixture.url,
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
