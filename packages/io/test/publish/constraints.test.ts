import { randomUUID } from "node:crypto"

import { int32, text } from "@freshet/core"
import { waitUntil } from "@freshet/embedded-postgres/testing"
import { integer, pgTable, text as textColumn } from "drizzle-orm/pg-core"
import { Client } from "pg"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { createPublisher } from "../../src/publish/publisher.ts"
import {
  buildRequest,
  openPublishFixture,
  publishedAsset,
  type PublishFixture,
} from "./publish-fixture.ts"

const parents = pgTable("parents", {
  id: integer().primaryKey(),
  name: textColumn().notNull(),
})
const children = pgTable("children", {
  id: integer().primaryKey(),
  parent_id: integer().notNull(),
})
const nodes = pgTable("nodes", {
  id: integer().primaryKey(),
  up: integer().notNull(),
  name: textColumn().notNull(),
})
const parentsAsset = publishedAsset("parents", { id: int32(), name: text() }, parents)
const childrenAsset = publishedAsset("children", { id: int32(), parent_id: int32() }, children)
const nodesAsset = publishedAsset("nodes", { id: int32(), up: int32(), name: text() }, nodes)

let fixture: PublishFixture
beforeAll(async () => void (fixture = await openPublishFixture("select")))
afterAll(() => fixture.close())

/** Replaces the tables with empty ones that have a foreign key of this form. */
async function createTables(reference: string): Promise<void> {
  await fixture.client.query(`
    drop table if exists outsiders, children, parents, nodes;
    delete from freshet.published_partitions;
    create table parents (id int primary key, name text not null unique,
      created_at timestamptz not null default now(), note text default 'kept');
    create table children (id int primary key, parent_id int not null references parents ${reference});
    create table nodes (id int primary key, up int not null references nodes ${reference},
      name text not null unique)`)
}

type Row = readonly (number | string)[]

const toQuery = (names: readonly string[], rows: readonly Row[]): string => {
  if (rows.length === 0) return `${toQuery(names, [names.map(() => 0)])} where false`
  const values = rows.map(
    (row) =>
      `(${row.map((value) => (typeof value === "number" ? value : `'${value}'`)).join(", ")})`,
  )
  const casts = names.map((name) => `${name}::${name === "name" ? "varchar" : "int"} as ${name}`)
  return `select ${casts.join(", ")} from (values ${values.join(", ")}) as t (${names.join(", ")})`
}

/** Publishes both tables as one set, the referencing one first, and reads them. */
async function publish(parentRows: readonly Row[], childRows: readonly Row[]) {
  const request = buildRequest([
    [childrenAsset, await fixture.store(toQuery(["id", "parent_id"], childRows))],
    [parentsAsset, await fixture.store(toQuery(["id", "name"], parentRows))],
  ])
  await createPublisher(fixture).publish(request)
  return [
    await read("select id, name from parents"),
    await read("select id, parent_id from children"),
  ]
}

async function read(query: string) {
  const { rows } = await fixture.client.query<unknown[]>({
    text: `${query} order by id`,
    rowMode: "array",
  })
  return rows
}

const references = [
  "",
  "on delete restrict",
  "on delete cascade",
  "deferrable",
  "deferrable initially deferred",
]

describe.each(references)("a set with a foreign key %s", (reference) => {
  test("is loaded, changed and emptied, although its referencing table comes first", async () => {
    await createTables(reference)
    const steps: readonly (readonly [readonly Row[], readonly Row[]])[] = [
      [
        [
          [1, "z"],
          [2, "a"],
        ],
        [
          [10, 1],
          [11, 1],
          [12, 2],
        ],
      ],
      // unique values move between referenced rows
      [
        [
          [1, "a"],
          [2, "q"],
        ],
        [
          [10, 1],
          [11, 1],
          [12, 2],
        ],
      ],
      // a parent goes, its name belongs to a new one, and its child refers to that
      [
        [
          [2, "q"],
          [3, "a"],
        ],
        [
          [10, 3],
          [12, 2],
        ],
      ],
      [[[4, "b"]], [[13, 4]]],
    ]
    for (const [parentRows, childRows] of steps)
      expect(await publish(parentRows, childRows)).toEqual([parentRows, childRows])
  })

  test("whose table refers to itself is published", async () => {
    await createTables(reference)
    const steps: readonly (readonly Row[])[] = [
      [
        [1, 2, "one"],
        [2, 2, "two"],
        [3, 1, "three"],
      ],
      [
        [1, 2, "two"],
        [2, 2, "one"],
        [3, 1, "three"],
      ],
      [[5, 5, "one"]],
    ]
    for (const rows of steps) {
      const file = await fixture.store(toQuery(["id", "up", "name"], rows))
      await createPublisher(fixture).publish(buildRequest([[nodesAsset, file]]))
      expect(await read("select id, up, name from nodes")).toEqual(rows)
    }
  })
})

test("rows that are deleted and inserted again retain the columns that no asset fills", async () => {
  await createTables("on delete cascade")
  await publish(
    [
      [1, "z"],
      [2, "a"],
    ],
    [[10, 1]],
  )
  const before = await read("select id, created_at::text from parents")
  await fixture.client.query("update parents set note = 'mine'")
  await publish(
    [
      [1, "a"],
      [2, "q"],
    ],
    [[10, 1]],
  )
  expect(await read("select id, created_at::text from parents")).toEqual(before)
  expect(await read("select id, note from parents")).toEqual([
    [1, "mine"],
    [2, "mine"],
  ])
})

test("rows that a table outside of the set references stay in place", async () => {
  await createTables("")
  await publish(
    [
      [1, "z"],
      [2, "a"],
    ],
    [[10, 1]],
  )
  await fixture.client.query(`
    create table outsiders (id int primary key references parents on delete cascade);
    insert into outsiders values (1)`)
  await expect(
    publish(
      [
        [1, "a"],
        [2, "q"],
      ],
      [[10, 1]],
    ),
  ).rejects.toThrow(/parents was not published: duplicate key/)
  expect(await read("select id from outsiders")).toEqual([[1]])
  expect(await read("select id, name from parents")).toEqual([
    [1, "z"],
    [2, "a"],
  ])
})

test("rows that really violate a constraint are not published", async () => {
  await createTables("")
  await publish([[1, "z"]], [[10, 1]])
  await expect(
    publish(
      [
        [1, "z"],
        [2, "z"],
      ],
      [[10, 1]],
    ),
  ).rejects.toThrow("parents was not published: duplicate key")
  await expect(publish([[1, "z"]], [[10, 7]])).rejects.toThrow(
    "children was not published: insert or update",
  )
  expect(await read("select id, name from parents")).toEqual([[1, "z"]])
})

test("a trigger that drops rows is named, at the first load and later", async () => {
  await createTables("")
  await fixture.client.query(`
    create or replace function drop_ones() returns trigger language plpgsql as
      'begin if new.id = 1 then return null; end if; return new; end';
    create trigger drop_ones before insert on parents for each row execute function drop_ones()`)
  const dropped = /parents was not published: it accepted \d of \d new rows, because a trigger/
  await expect(
    publish(
      [
        [1, "z"],
        [2, "a"],
      ],
      [[10, 2]],
    ),
  ).rejects.toThrow(dropped)
  await publish([[2, "a"]], [[10, 2]])
  await expect(
    publish(
      [
        [1, "z"],
        [2, "a"],
      ],
      [[10, 2]],
    ),
  ).rejects.toThrow(dropped)
  expect(await read("select id, name from parents")).toEqual([[2, "a"]])
})

test("the time limits of a role's statements, locks and idle transactions do not apply", async () => {
  await createTables("")
  const { database = "" } = fixture.client // other tests share the server and the role
  const role = `alter role current_user in database "${database}"`
  await fixture.client.query(`${role} set statement_timeout = '1ms'`)
  await fixture.client.query(`${role} set lock_timeout = '1ms'`)
  try {
    expect(await publish([[1, "z"]], [[10, 1]])).toEqual([[[1, "z"]], [[10, 1]]])
    await fixture.client.query(`${role} set idle_in_transaction_session_timeout = '1ms'`)
    expect(await publish([[1, "y"]], [[10, 1]])).toEqual([[[1, "y"]], [[10, 1]]])
  } finally {
    await fixture.client.query(`${role} reset idle_in_transaction_session_timeout`)
    await fixture.client.query(`${role} reset lock_timeout`)
    await fixture.client.query(`${role} reset statement_timeout`)
  }
})

/** Opens a connection whose server has no statement_timeout: it rejects the statement that sets the limit. */
async function connectWithoutTimeouts(): Promise<Client> {
  const client = new Client({ connectionString: fixture.url })
  await client.connect()
  const query = client.query.bind(client)
  const rename = (statement: unknown) =>
    typeof statement === "string"
      ? statement.replace("statement_timeout", "no_such_setting")
      : statement
  return Object.assign(client, {
    query: (statement: unknown, ...values: readonly unknown[]): unknown =>
      Reflect.apply(query, client, [rename(statement), ...values]),
  })
}

test("a server that refuses to set the time limit of statements is named, and nothing is published", async () => {
  await createTables("")
  const { readRows } = fixture
  const publisher = createPublisher({ readRows, connect: connectWithoutTimeouts })
  const file = await fixture.store(toQuery(["id", "name"], [[1, "z"]]))
  await expect(publisher.publish(buildRequest([[parentsAsset, file]]))).rejects.toThrow(
    'The server refuses to set the time limit of statements: unrecognized configuration parameter "no_such_setting"',
  )
  expect(await read("select id from parents")).toEqual([])
})

test("a publication that waits too long for a lock changes nothing, and names the setting", async () => {
  await createTables("")
  const publisher = createPublisher({ ...fixture, limits: { statementMs: 0, lockMs: 50 } })
  const file = await fixture.store(toQuery(["id", "name"], [[1, "z"]]))
  const other = new Client({ connectionString: fixture.url })
  await other.connect()
  try {
    await other.query("begin; lock table parents in access exclusive mode")
    await expect(publisher.publish(buildRequest([[parentsAsset, file]]))).rejects.toMatchObject({
      code: "publish",
      message: "parents was not published: canceling statement due to lock timeout",
      hint: expect.stringMatching(/^Another session holds a lock on the table.*lockTimeoutSeconds/),
    })
  } finally {
    await other.end()
  }
  expect(await read("select id from parents")).toEqual([])
  await publisher.publish(buildRequest([[parentsAsset, file]]))
  expect(await read("select id from parents")).toEqual([[1]])
})

test("a statement of a publication that takes too long changes nothing, and names the setting", async () => {
  await createTables("")
  await fixture.client.query(`
    create or replace function sleep() returns trigger language plpgsql as
      'begin perform pg_sleep(600); return new; end';
    create trigger slow before insert on parents for each row execute function sleep()`)
  const publisher = createPublisher({ ...fixture, limits: { statementMs: 1_000, lockMs: 0 } })
  const file = await fixture.store(toQuery(["id", "name"], [[1, "z"]]))
  await expect(publisher.publish(buildRequest([[parentsAsset, file]]))).rejects.toMatchObject({
    code: "publish",
    message: expect.stringContaining(
      "was not published: canceling statement due to statement timeout",
    ),
    hint: expect.stringContaining("statementTimeoutSeconds"),
  })
  expect(await read("select id from parents")).toEqual([])
})

test("the wait for another publication of the set has no limit", async () => {
  await createTables("")
  const limits = { statementMs: 60_000, lockMs: 10 }
  const publisher = createPublisher({ ...fixture, limits })
  const file = await fixture.store(toQuery(["id", "name"], [[1, "z"]]))
  const request = buildRequest([[parentsAsset, file]])
  const other = new Client({ connectionString: fixture.url })
  await other.connect()
  await other.query("select pg_advisory_lock(hashtextextended($1, 0))", [
    `freshet publication of ${request.set}`,
  ])
  const publication = publisher.publish(request)
  await waitUntil(async () => {
    const { rowCount } = await fixture.client.query(
      `select from pg_stat_activity where application_name = 'freshet publish'
        and datname = current_database() and wait_event = 'advisory'
        and clock_timestamp() - query_start > interval '100 ms'`,
    )
    return rowCount === 1
  })
  await other.end()
  await publication
  expect(await read("select id from parents")).toEqual([[1]])
})

test("views, rights, indexes, triggers and foreign keys of other people survive every kind of publication", async () => {
  await createTables("")
  const role = `freshet_${randomUUID().slice(0, 8)}`
  await fixture.client.query(`
    create role ${role};
    create view names as select id, upper(name) as name from parents;
    grant select on parents, names to ${role};
    create index parents_by_note on parents (note);
    create table audit (id int);
    create function note_change() returns trigger language plpgsql as
      $$ begin insert into audit values (coalesce(new.id, old.id)); return coalesce(new, old); end $$;
    create trigger audited after insert or update or delete on parents
      for each row execute function note_change()`)
  const describe = () =>
    read(`select * from (
      select 1 as id, string_agg(indexdef, ' ' order by indexname) from pg_indexes where tablename = 'parents'
      union all select 2, string_agg(tgname, ' ' order by tgname) from pg_trigger
        where tgrelid = 'parents'::regclass and not tgisinternal
      union all select 3, relacl::text from pg_class where oid = 'parents'::regclass
      union all select 4, string_agg(pg_get_constraintdef(oid), ' ' order by conname) from pg_constraint
        where 'parents'::regclass in (conrelid, confrelid)
      union all select 5, has_table_privilege('${role}', 'names', 'select')::text) as objects`)
  const before = await describe()
  try {
    for (const [name, count] of [
      ["z", 1],
      ["y", 2],
      ["x", 0],
      ["w", 3],
    ] as const) {
      const rows = Array.from({ length: count }, (_, at): Row => [at + 1, `${name}${at}`])
      await publish(
        rows,
        rows.slice(0, 1).map(([id]): Row => [10, Number(id)]),
      )
      expect(await describe()).toEqual(before)
      expect(await read("select id, name from names")).toEqual(
        rows.map(([id, text]) => [id, String(text).toUpperCase()]),
      )
    }
    expect(await read("select count(*)::int as id from audit")).toEqual([[8]])
  } finally {
    await fixture.client.query(
      `drop view names; drop function note_change cascade; drop table audit; drop owned by ${role}; drop role ${role}`,
    )
  }
})
