import { existsSync } from "node:fs"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"

import { int32, sqlAsset, sql } from "@freshet/core"
import { afterAll, beforeAll, expect, test } from "vitest"

import { openEngineFixture, type EngineFixture } from "./engine-fixture.ts"

const follows = sqlAsset({
  group: "test",
  description: "Rows.",
  name: "follows",
  columns: { id: int32(), score: int32() },
  query: sql`select range::integer as id, 7::integer as score from range(3)`,
})
const storedFile = "follows/2026-01-05/v1.parquet"

let fixture: EngineFixture
let secret: string
let target: string
let storedBytes: Buffer
beforeAll(async () => {
  fixture = await openEngineFixture()
  await fixture.compute([follows])
  secret = join(fixture.folder, "secret.csv")
  target = join(fixture.folder, "written")
  await writeFile(secret, "word\nhidden\n")
  await fixture.land("neighbour.json", '{"word":"hidden"}\n')
  storedBytes = await readFile(join(fixture.folder, "lake", storedFile))
})
afterAll(() => fixture.close())

async function query(text: string): Promise<readonly unknown[]> {
  const find = async (name: string) =>
    name === "follows"
      ? ({ kind: "stored", name, columns: follows.columns, files: [storedFile] } as const)
      : undefined
  const withPaths = text
    .replaceAll("SECRET", secret)
    .replaceAll("TARGET", target)
    .replaceAll("FOLDER", fixture.folder)
  return await fixture.engine.queryNamed({ sql: withPaths, find }, async ({ batches }) => {
    const rows: unknown[] = []
    for await (const batch of batches) rows.push(...batch.map((row) => Object.values(row)))
    return rows
  })
}

test.each([
  "copy (select 1) to 'TARGET'",
  "copy follows to 'FOLDER/lake/follows/2026-01-05/v1.parquet'",
  "copy follows from 'SECRET'",
  "explain analyze copy (select 1) to 'TARGET'",
  "explain (analyze) copy (select 1) to 'TARGET'",
  "explain (format json) select 1",
  "/* select */ copy (select 1) to 'TARGET'",
  "export database 'TARGET'",
  "import database 'FOLDER'",
  "attach 'TARGET' as other",
  "detach memory",
  "use memory",
  "install httpfs",
  "load httpfs",
  "set threads = 1",
  "set enable_external_access = true",
  "reset allowed_paths",
  "set variable x = 1",
  "pragma enable_profiling",
  "pragma version",
  "call enable_logging()",
  "checkpoint",
  "vacuum",
  "begin",
  "create table t as select 1",
  "create temp view v as select 1",
  "create macro f() as 1",
  "create persistent secret s (type s3, key_id 'a')",
  "insert into follows values (1, 1)",
  "update follows set score = 1",
  "delete from follows",
  "drop view follows",
  "prepare p as select 1",
  "from read_text('/etc/hostname')",
  "from read_blob('SECRET')",
  "from read_csv('SECRET')",
  "from read_csv_auto('SECRET')",
  "from read_json('FOLDER/landing/neighbour.json')",
  "from read_parquet('FOLDER/lake/follows/2026-01-05/v1.parquet')",
  "from parquet_metadata('FOLDER/lake/follows/2026-01-05/v1.parquet')",
  "from glob('/etc/*')",
  "from sniff_csv('SECRET')",
  "from read_duckdb('TARGET')",
  "from 'SECRET'",
  'from "SECRET"',
  "from query_table('SECRET')",
  "from 'FOLDER/landing/neighbour.json'",
  "from query('from enable_logging()')",
  "from json_execute_serialized_sql(json_serialize_sql('from checkpoint()'))",
  "from enable_logging()",
  "from enable_logging(storage = 'file', storage_path = 'TARGET')",
  "from system.main.ENABLE_LOGGING()",
  "from force_checkpoint()",
  "from arrow_scan(1, 2, 3)",
  "from duckdb_settings()",
  "from duckdb_secrets()",
  "select (select count(*) from read_text('SECRET'))",
  "with secrets as (from read_text('SECRET')) from follows, secrets",
  "from follows, lateral (from read_text('SECRET'))",
  "select 1 limit (select count(*) from read_text('SECRET'))",
  "from follows where exists (from read_text('SECRET'))",
  "from (pivot read_text('SECRET') on filename using count(*))",
  "pivot (from enable_logging()) on a using count(*)",
  "pivot follows on score using count(*); copy (select 1) to 'TARGET'",
  "select 1; copy (select 1) to 'TARGET'",
])("a query that asks for more than rows is refused as read-only: %s", async (text) => {
  await expect(query(text)).rejects.toMatchObject({
    code: "usage",
    message: expect.stringMatching(/^Queries are read-only: .+\.$/),
  })
  expect(existsSync(target)).toBe(false)
  expect(await readFile(join(fixture.folder, "lake", storedFile))).toEqual(storedBytes)
})

test("a statement between parentheses that do not match is a syntax error", async () => {
  const text = "select 1) ; copy (select 1) to 'TARGET'; select (1"
  await expect(query(text)).rejects.toMatchObject({
    code: "engine",
    message: expect.stringContaining('syntax error at or near ")"'),
  })
  expect(existsSync(target)).toBe(false)
})

test("a variable of the environment cannot be read", async () => {
  await expect(query("select getenv('HOME')")).rejects.toMatchObject({
    code: "engine",
    message: expect.stringContaining("getenv does not exist"),
  })
})

test.each([
  ["select 1; select 2", "This is more than one statement."],
  ["-- a comment alone", "There is no query."],
  [";", "There is no query."],
])("a text that is not one query is refused: %s", async (text, message) => {
  await expect(query(text)).rejects.toMatchObject({ code: "usage", message })
})

test.each<[string, readonly unknown[]]>([
  ["select sum(score) from follows", [["21"]]],
  ["(from follows where id = 1)", [[1, 7]]],
  ["table follows limit 1", [[0, 7]]],
  ["values (1), (2)", [[1], [2]]],
  ["select count(*) from follows, range(2), unnest([1, 2])", [["12"]]],
  ["select list_sum([x * 2 for x in [1, 2]])", [["6"]]],
  ["with copy as (select 1 as x) select x as attach from copy", [[1]]],
  ["select 'copy (select 1) to ''TARGET'''", [["copy (select 1) to 'TARGET'"]]],
  ["select count(*) from (pivot follows on score using count(*))", [["3"]]],
  ["select count(*) from (summarize follows)", [["2"]]],
])("a query over rows runs: %s", async (text, rows) => {
  const expected = JSON.parse(JSON.stringify(rows).replaceAll("TARGET", target))
  expect(await query(text)).toEqual(expected)
})

test("a query that needs more memory than its limit spills", async () => {
  const small = await openEngineFixture({ memoryLimitMb: 100, threads: 1 })
  const text = "select count(*) from (from range(8000000) t(i) order by hash(i))"
  try {
    const find = async () => undefined
    const rows = await small.engine.queryNamed({ sql: text, find }, async ({ batches }) => {
      for await (const batch of batches) return batch
      return []
    })
    expect(rows).toEqual([{ "count_star()": "8000000" }])
  } finally {
    await small.close()
  }
})
