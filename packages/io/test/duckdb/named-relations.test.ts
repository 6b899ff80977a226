import { int32, sourceAsset, sql, sqlAsset, text, unpartitioned } from "@freshet/core"
import type { Relation } from "@freshet/core/engine"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"

import { openEngineFixture, type EngineFixture } from "./engine-fixture.ts"

const common = { group: "test", description: "Rows." }
const asset = (name: string, rows: number) =>
  sqlAsset({
    ...common,
    name,
    columns: { id: int32(), room: text() },
    query: sql`select range::integer as id, 'room ' || range % 2 as room from range(${rows})`,
  })
const assets = [asset("user_recs", 2), asset("follows", 3), asset("likes", 4)]
const lines = sourceAsset({
  ...common,
  name: "lines",
  partitions: unpartitioned,
  format: { kind: "json_lines" },
  path: "lines.json",
  columns: { id: int32() },
})

let works: EngineFixture
const relations = new Map<string, Omit<Extract<Relation, { kind: "stored" }>, "name">>()
let landed: Omit<Extract<Relation, { kind: "landed" }>, "name">
beforeAll(async () => {
  works = await openEngineFixture()
  for (const made of assets) {
    await works.compute([made])
    const files = [`${made.name}/2026-01-05/v1.parquet`]
    relations.set(made.name, { kind: "stored", columns: made.columns, files })
  }
  const files = [await works.land("lines.json", '{"id":7}\n{"id":8}\n')]
  landed = { kind: "landed", source: lines, partitions: [{ key: "all", files }] }
})
afterAll(() => works.close())

let names: string[] = []
beforeEach(() => {
  names = []
})

/** Gives each asset twice the rows under `name@all`. */
async function find(name: string): Promise<Relation | undefined> {
  names.push(name)
  const [base = "", key] = name.toLowerCase().split("@")
  if (base === "lines") return { ...landed, name }
  const relation = relations.get(base)
  if (relation === undefined) return undefined
  const files = key === "all" ? [...relation.files, ...relation.files] : relation.files
  return { ...relation, name, files }
}

async function query(sql: string): Promise<readonly unknown[]> {
  return await works.engine.queryNamed({ sql, find }, async ({ batches }) => {
    const rows: unknown[] = []
    for await (const batch of batches) rows.push(...batch.map((row) => Object.values(row)))
    return rows
  })
}

test.each<[what: string, sql: string, rows: readonly unknown[], names: readonly string[]]>([
  ["a name", "select count(*) from user_recs", [["2"]], ["user_recs"]],
  ["a name in another case", "from User_RECS limit 1", [[0, "room 0"]], ["User_RECS"]],
  ["a quoted name", 'select count(*) from "user_recs"', [["2"]], ["user_recs"]],
  ["a name with the engine's own schema", "select count(*) from main.likes", [["4"]], ["likes"]],
  ["a name with a key", 'select count(*) from "user_recs@all"', [["4"]], ["user_recs@all"]],
  [
    "a name with and without a key",
    'select count(*) from user_recs u join "user_recs@all" a using (id)',
    [["4"]],
    ["user_recs", "user_recs@all"],
  ],
  [
    "the same name in two cases",
    'select count(*) from "user_recs@all", "User_Recs@all"',
    [["16"]],
    ["user_recs@all"],
  ],
  ["a name in a literal", "select 'user_recs@all', 'follows'", [["user_recs@all", "follows"]], []],
  ["a doubled quote", "select 'it''s user_recs@all'", [["it's user_recs@all"]], []],
  ["a dollar-quoted literal", "select $$ from user_recs@all $$", [[" from user_recs@all "]], []],
  ["a comment", "select 1 -- user_recs@all\n/* from follows */", [[1]], []],
  ["a column's name", 'select 1 as user_recs, 2 as "follows@all"', [[1, 2]], []],
  [
    "an alias",
    "select user_recs.id from follows as user_recs order by all limit 1",
    [[0]],
    ["follows"],
  ],
  ["a table expression of that name", "with user_recs as (select 9) from user_recs", [[9]], []],
  [
    "a table expression with the name of the table that it reads",
    "with user_recs as (select count(*) from user_recs) from user_recs",
    [["2"]],
    ["user_recs"],
  ],
  [
    "a table expression that counts inside another query alone",
    "select (with follows as (select 9 as n) select n from follows), count(*) from follows",
    [[9, "3"]],
    ["follows"],
  ],
  [
    "a recursive table expression",
    "with recursive likes as (select 1 as n union all select n + 1 from likes where n < 3) select max(n) from likes",
    [[3]],
    [],
  ],
  [
    "subqueries",
    "select (select count(*) from follows) from user_recs where id in (select id from likes where exists (from lines)) limit 1",
    [["3"]],
    ["user_recs", "follows", "likes", "lines"],
  ],
  [
    "joins",
    "select count(*) from follows f left join likes l using (id) cross join user_recs, lateral (select f.id)",
    [["6"]],
    ["follows", "likes", "user_recs"],
  ],
  [
    "a union",
    "select count(*) from (from follows union all from likes)",
    [["7"]],
    ["follows", "likes"],
  ],
  ["a source", "select sum(id) from lines", [["15"]], ["lines"]],
  ["a table function", "from query_table('follows') limit 1", [[0, "room 0"]], ["follows"]],
  ["a description", "select column_name from (describe likes)", [["id"], ["room"]], ["likes"]],
  ["a query that ends with a semicolon", "select count(*) from likes;", [["4"]], ["likes"]],
])("the engine finds %s", async (_what, sql, rows, expected) => {
  expect(await query(sql)).toEqual(rows)
  expect(names.toSorted()).toEqual(expected.toSorted())
})

test("a pivot finds its own rows and those that it is joined with", async () => {
  const pivot = "(pivot follows on room using count(*)) join (select id from likes) using (id)"
  expect(await query(`select count(*) from ${pivot}`)).toEqual([["3"]])
  expect(names).toEqual(["follows", "likes"])
})

test("a query may be explained", async () => {
  const [plan] = await query("explain select count(*) from follows join likes using (id)")
  expect(String(plan)).toContain("HASH_JOIN")
})

test.each([
  ["from nothing_here", "Table with name nothing_here does not exist!", ["nothing_here"]],
  ["from community.follows", 'schema "community" does not exist', []],
  ["from user_recs@all", 'syntax error at or near "@"', []],
  ["select id from follows where nothing", 'Referenced column "nothing" not found', ["follows"]],
  ["select id::integer / 0 from follows where error('no ' || id)", "no 0", ["follows"]],
])(
  "a query that cannot be right fails with the engine's words: %s",
  async (sql, message, expected) => {
    const failure: unknown = await query(sql).catch((cause: unknown) => cause)
    expect(failure).toMatchObject({ code: "engine" })
    expect(String((failure as Error).cause)).toContain(message)
    expect(names).toEqual(expected)
  },
)

test("a failure of the consumer is passed on", async () => {
  const failing = works.engine.queryNamed({ sql: "from follows", find }, async () => {
    throw new TypeError("full")
  })
  await expect(failing).rejects.toMatchObject({ message: expect.stringContaining("full") })
})
