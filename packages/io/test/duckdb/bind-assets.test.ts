import {
  type Asset,
  daily,
  identifier,
  int32,
  int64,
  itself,
  last,
  noRows,
  previous,
  sharedRows,
  sourceAsset,
  sql,
  type Sql,
  sqlAsset,
  sqlAssets,
  struct,
  text,
} from "@freshet/core"
import { afterAll, beforeAll, expect, test } from "vitest"

import { bindBatches } from "../../src/duckdb/bind-batches.ts"
import { openEngineFixture, type EngineFixture } from "./engine-fixture.ts"

let works: EngineFixture
beforeAll(async () => {
  works = await openEngineFixture()
})
afterAll(() => works.close())

const common = { group: "test", description: "Rows.", partitions: daily({ start: "2026-01-01" }) }
const source = sourceAsset({
  ...common,
  name: "events",
  format: { kind: "json_lines" },
  path: "e/{partition}.json",
  columns: { user_id: int32(), kind: text() },
})
const good = sqlAsset({
  ...common,
  name: "good",
  columns: { user_id: int32(), both: struct({ a: int32(), "b c": text() }) },
  query: sql`select user_id, {'a': 1, 'b c': kind} as both from ${last(7, source)} union all select * from ${previous()}`,
  checks: [
    noRows("one", {
      description: "d",
      query: sql`select user_id from ${itself} join ${source} using (user_id)`,
    }),
  ],
})

test("valid assets bind without problems", async () => {
  const { a, b } = sqlAssets({
    name: "pair",
    group: "test",
    partitions: common.partitions,
    shared: sql`select user_id, count(*) as n from ${source} group by user_id`,
    outputs: {
      a: {
        description: "A.",
        columns: { user_id: int32() },
        query: sql`select user_id from ${sharedRows}`,
      },
      b: {
        description: "B.",
        columns: { n: int64() },
        query: sql`select n from ${sharedRows}`,
        checks: [
          noRows("x", { description: "d", query: sql`select n from ${itself} where n = 0` }),
        ],
      },
    },
  })
  expect(await works.engine.bind([source, good, a, b])).toEqual([])
})

test("all problems are reported together, with hints", async () => {
  const wrong = { ...source, name: "rules", reject: [{ reason: "bad", when: sql`user_idd < 1` }] }
  const problems = await works.engine.bind([
    wrong,
    sqlAsset({
      ...common,
      name: "typo",
      columns: { user_id: int32() },
      query: sql`select usr_id from ${source}`,
    }),
    sqlAsset({
      ...common,
      name: "types",
      columns: { user_id: int64(), total: int64() },
      query: sql`select user_id, sum(user_id) as total from ${source} group by user_id`,
    }),
    sqlAsset({
      ...common,
      name: "names",
      columns: { user_id: int32(), kinds: text() },
      query: sql`select user_id, kind from ${source}`,
    }),
    sqlAsset({
      ...common,
      name: "syntax",
      columns: { user_id: int32() },
      query: sql`select user_id frm ${source} where`,
    }),
    sqlAsset({
      ...common,
      name: "unknown",
      columns: { user_id: int32() },
      query: sql`select user_id from eventz`,
      checks: [noRows("c", { description: "d", query: sql`select nope from ${itself}` })],
    }),
  ])
  expect(problems).toMatchInlineSnapshot(`
    [
      {
        "asset": "typo",
        "hint": "Did you mean \`user_id\`?",
        "kind": "bind",
        "message": "\`typo\`: its query does not bind: Referenced column "usr_id" not found in FROM clause!",
      },
      {
        "asset": "types",
        "hint": "Cast it in the query, "user_id"::BIGINT, or declare what it is.",
        "kind": "wrong_type",
        "message": "\`types.user_id\` is declared BIGINT, but the query yields INTEGER",
      },
      {
        "asset": "types",
        "hint": "Cast it in the query, "total"::BIGINT, or declare what it is.",
        "kind": "wrong_type",
        "message": "\`types.total\` is declared BIGINT, but the query yields HUGEINT",
      },
      {
        "asset": "names",
        "hint": "Did you mean \`kind\`?",
        "kind": "missing_column",
        "message": "the query of \`names\` yields no column \`kinds\`",
      },
      {
        "asset": "names",
        "hint": "Did you mean \`kinds\`?",
        "kind": "undeclared_column",
        "message": "the query of \`names\` yields \`kind\`, which is not declared",
      },
      {
        "asset": "syntax",
        "kind": "bind",
        "message": "\`syntax\`: its query does not bind: syntax error at or near ""events""",
      },
      {
        "asset": "unknown",
        "kind": "bind",
        "message": "\`unknown\`: its query does not bind: Table with name eventz does not exist!",
      },
      {
        "asset": "unknown",
        "hint": "Known: user_id.",
        "kind": "bind",
        "message": "\`unknown\`: its check c does not bind: Referenced column "nope" not found in FROM clause!",
      },
      {
        "asset": "rules",
        "hint": "Did you mean \`user_id\`?",
        "kind": "bind",
        "message": "\`rules\`: its rule bad does not bind: Referenced column "user_idd" not found in FROM clause!",
      },
    ]
  `)
})

test("many queries are bound together, and each of them by itself", async () => {
  const table = (name: string, value: Sql<never>) =>
    sqlAsset({
      ...common,
      name,
      columns: { n: int32(), [name]: text() },
      query: sql`select 1 as n, ${value} as ${identifier(name)}`,
    })
  const many = Array.from({ length: 120 }, (_, at) => table(`t${at}`, sql`'x'`))
  const together = (assets: readonly Asset[]) =>
    works.engine.session.withConnection((connection) => bindBatches(connection, assets))
  const yielded = await together(many)
  for (const asset of many)
    expect([...(yielded?.get(asset) ?? [])]).toEqual([
      ["n", "INTEGER"],
      [asset.name, "VARCHAR"],
    ])
  const borrowing = table("t120", sql`t119`) // a column that only another query has
  expect(await together([...many, borrowing])).toBeUndefined()
  const problems = await works.engine.bind([...many, borrowing])
  expect(problems.map(({ asset }) => asset)).toEqual(["t120"])
})
