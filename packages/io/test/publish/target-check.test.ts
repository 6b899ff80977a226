import { randomUUID } from "node:crypto"

import { int64, text } from "@freshet/core"
import { FreshetError } from "@freshet/core/engine"
import { bigint, pgSchema, text as textColumn } from "drizzle-orm/pg-core"
import { Client } from "pg"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"

import { createPublisher } from "../../src/publish/publisher.ts"
import { publishedAsset, openPublishFixture, type PublishFixture } from "./publish-fixture.ts"

const shop = pgSchema("shop")
const items = shop.table("items", {
  id: bigint({ mode: "bigint" }).primaryKey(),
  name: textColumn().notNull(),
})
const asset = publishedAsset("items", { id: int64(), name: text() }, items)

let fixture: PublishFixture
beforeAll(async () => void (fixture = await openPublishFixture("create schema shop")))
afterAll(() => fixture.close())

beforeEach(async () => {
  await fixture.client.query("drop table if exists shop.items")
})

async function findFault(connect?: () => Promise<Client>): Promise<FreshetError> {
  const { publish } = asset
  if (publish === undefined) throw new TypeError("the asset is not published")
  const options = connect === undefined ? fixture : { readRows: fixture.readRows, connect }
  const fault: unknown = await createPublisher(options)
    .check([{ asset, publish }])
    .catch((cause: unknown) => cause)
  if (fault instanceof FreshetError) return fault
  throw new Error("the table is as declared")
}

test.each([
  [
    "a column is missing",
    "id bigint primary key",
    "The table shop.items has no column name.",
    'alter table "shop"."items" add column "name" text;',
  ],
  [
    "a column has another type",
    "id integer primary key, name text",
    "The column id of shop.items is integer, declared bigint.",
    'alter table "shop"."items" alter column "id" type bigint;',
  ],
  [
    "a column must be filled",
    "id bigint primary key, name text, shelf text not null, made timestamptz not null default now()",
    "The column shelf of shop.items must not be null, has no default, and is not filled by items.",
    'alter table "shop"."items" alter column "shelf" drop not null;',
  ],
  [
    "the key is another one",
    "id bigint, name text, constraint items_key primary key (id, name)",
    "The primary key of shop.items is not (id).",
    'alter table "shop"."items" drop constraint "items_key", add primary key ("id");',
  ],
  [
    "there is no key",
    "id bigint, name text",
    "The primary key of shop.items is not (id).",
    'alter table "shop"."items" add primary key ("id");',
  ],
])("the SQL in the hint repairs a table when %s", async (_, columns, message, statement) => {
  await fixture.client.query(`create table shop.items (${columns})`)
  const fault = await findFault()
  expect(fault).toMatchObject({
    code: "publish",
    message,
    hint: `If the declared tables changed, \`freshet migrate --generate\` writes the migration. If not, run as the owner of the tables: ${statement}`,
  })
  await fixture.client.query(statement)
  await expect(findFault()).rejects.toThrow("the table is as declared")
})

test("a table that does not exist has to be created by a migration", async () => {
  expect(await findFault()).toMatchObject({
    message: "There is no table shop.items.",
    hint: "`freshet migrate --generate` writes the migration of the declared tables.",
  })
})

test("a role without rights is named with the grant that it lacks", async () => {
  await fixture.client.query("create table shop.items (id bigint primary key, name text not null)")
  const role = `freshet_${randomUUID().slice(0, 8)}`
  await fixture.client.query(`create role ${role}`)
  const connect = async () => {
    const client = new Client({ connectionString: fixture.url })
    await client.connect()
    await client.query(`set role ${role}`)
    return client
  }
  try {
    expect(await findFault(connect)).toMatchObject({
      message: `The role ${role} may not select, insert, update, delete rows of shop.items.`,
    })
    await fixture.client.query(
      `grant usage on schema shop to ${role}; grant select, insert on shop.items to ${role}`,
    )
    const fault = await findFault(connect)
    expect(fault.message).toBe(`The role ${role} may not update, delete rows of shop.items.`)
    await fixture.client.query(fault.hint?.replace(/^.*?: /, "") ?? "")
    await expect(findFault(connect)).rejects.toThrow("the table is as declared")
  } finally {
    await fixture.client.query(`drop owned by ${role}; drop role ${role}`)
  }
})

test("a table of the same name in another schema does not count", async () => {
  await fixture.client.query("create table items (id bigint primary key, name text)")
  expect((await findFault()).message).toBe("There is no table shop.items.")
})
