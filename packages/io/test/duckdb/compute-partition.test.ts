import { readdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"

import {
  daily,
  date,
  decimal,
  hourly,
  int32,
  int64,
  itself,
  list,
  noRows,
  nullable,
  partitionDay,
  partitionEnd,
  partitionKeyText,
  partitionStart,
  rowCount,
  sharedRows,
  sourceAsset,
  type Sql,
  sql,
  sqlAsset,
  sqlAssets,
  text,
  timestamp,
  unique,
} from "@freshet/core"
import { encodeFolderName, findPartition, formatPartition } from "@freshet/core/engine"
import { afterAll, beforeAll, expect, test } from "vitest"

import { openEngineFixture, buildRequest, testDay, type EngineFixture } from "./engine-fixture.ts"

let works: EngineFixture
beforeAll(async () => {
  works = await openEngineFixture()
})
afterAll(() => works.close())

const common = { group: "test", description: "Rows." }
const everyDay = daily({ start: "2026-01-01" })
const numbers = sqlAsset({
  ...common,
  name: "numbers",
  columns: { n: int32(), square: int64(), day: date(), note: nullable(text()) },
  query: sql`select null as note, range::integer as n, range * range as square, ${partitionDay} as day from range(3)`,
  checks: [unique("n"), rowCount({ min: 1, max: 3 })],
})

test("an output has its declared columns in order, is checked, and is durable under its input version", async () => {
  const result = await works.compute([numbers])
  expect(result).toMatchObject({
    kind: "materialized",
    outputs: [{ asset: "numbers", file: "numbers/2026-01-05/v1.parquet", rows: 3 }],
    checks: [
      { name: "not_null", passed: true, failures: 0, sample: [] },
      { name: "unique(n)", passed: true },
      { name: "row_count", passed: true },
    ],
    lineCounts: [],
  })
  const stored = {
    kind: "stored",
    name: "numbers",
    columns: numbers.columns,
    files: ["numbers/2026-01-05/v1.parquet"],
  } as const
  const seen = await works.engine.query(
    { sql: "from numbers order by n desc", relations: [stored] },
    async ({ columns, batches }) => {
      const rows = []
      for await (const batch of batches) rows.push(...batch)
      return { columns, rows }
    },
  )
  expect(seen.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    "n INTEGER",
    "square BIGINT",
    "day DATE",
    "note VARCHAR",
  ])
  expect(seen.rows[0]).toEqual({ n: 2, square: "4", day: "2026-01-05", note: null })
})

test("failed rows are stored separately, and no file has the final name", async () => {
  const refused = sqlAsset({
    ...common,
    name: "refused_numbers",
    columns: { n: int32(), m: int32() },
    query: sql`select (range % 3)::integer as n, case when range < 7 then 1 end as m from range(9)`,
    checks: [
      unique("n"),
      rowCount({ max: 5 }),
      noRows("small", {
        description: "n is small",
        query: sql`select n, count(*) as rows from ${itself} where n > 1 group by n`,
      }),
      noRows("odd", {
        description: "none is odd",
        severity: "warn",
        query: sql`from ${itself} where n % 2 = 1`,
      }),
    ],
  })
  expect(await works.compute([refused])).toEqual({
    kind: "checks_failed",
    failedFiles: ["failed_rows/refused_numbers/2026-01-05/v1.parquet"],
    lineCounts: [],
    checks: [
      expect.objectContaining({
        name: "not_null",
        severity: "error",
        passed: false,
        failures: 2,
        sample: [
          { n: 1, m: null },
          { n: 2, m: null },
        ],
      }),
      expect.objectContaining({
        name: "unique(n)",
        failures: 6,
        sample: [
          { n: 0, rows: "3" },
          { n: 1, rows: "3" },
          { n: 2, rows: "3" },
        ],
      }),
      expect.objectContaining({ name: "row_count", failures: 1, sample: [{ rows: 9 }] }),
      expect.objectContaining({ name: "small", failures: 1, sample: [{ n: 2, rows: "3" }] }),
      expect.objectContaining({ name: "odd", severity: "warn", passed: false, failures: 3 }),
    ],
  })
  expect(await works.store.exists("refused_numbers/2026-01-05/v1.parquet")).toBe(false)
  expect(await works.store.exists("failed_rows/refused_numbers/2026-01-05/v1.parquet")).toBe(true)
})

test("a warning does not stop anything", async () => {
  const warned = sqlAsset({
    ...common,
    name: "warned",
    columns: { n: int32() },
    query: sql`select 1 as n`,
    checks: [
      noRows("none", { description: "empty", severity: "warn", query: sql`from ${itself}` }),
    ],
  })
  expect(await works.compute([warned])).toMatchObject({
    kind: "materialized",
    checks: [{}, { name: "none", passed: false }],
  })
})

test("several outputs come from shared rows, and a check of one reads another", async () => {
  const { evens, odds } = sqlAssets({
    name: "parity",
    group: "test",
    shared: sql`select range::integer as n from range(10)`,
    outputs: {
      evens: {
        description: "Even numbers.",
        columns: { n: int32() },
        query: sql`select n from ${sharedRows} where n % 2 = 0`,
        checks: [
          noRows("odd", {
            description: "as many as odd ones",
            query: sql`select 1 from ${itself} having count(*) <> (select count(*) from odds)`,
          }),
        ],
      },
      odds: {
        description: "Odd numbers.",
        columns: { n: int32() },
        query: sql`select n from ${sharedRows} where n % 2 = 1`,
      },
    },
  })
  const result = await works.compute([evens, odds])
  expect(result).toMatchObject({
    kind: "materialized",
    outputs: [
      { asset: "evens", rows: 5 },
      { asset: "odds", rows: 5 },
    ],
  })
})

test("no files are a relation with the declared columns and no rows", async () => {
  const count = sqlAsset({
    ...common,
    name: "how_many",
    columns: { rows: int64() },
    query: sql`select count(note) as rows from ${numbers}`,
  })
  const none = { kind: "stored", name: "numbers", columns: numbers.columns, files: [] } as const
  expect(await works.compute([count], [none])).toMatchObject({
    kind: "materialized",
    outputs: [{ rows: 1 }],
  })
})

test("the error of a value that does not fit has its asset and column", async () => {
  const large = sqlAsset({
    ...common,
    name: "large",
    columns: { fine: int32(), n: int32() },
    query: sql`select 1 as fine, 3000000000 + range as n from range(3)`,
  })
  await expect(works.compute([large])).rejects.toMatchObject({
    code: "engine",
    message: "`large.n` is declared INTEGER, which cannot hold 3000000000",
  })
  expect(await readdir(join(works.folder, "lake", ".tmp"))).toEqual([])
})

test("the error of a failed query is one sentence with the asset's name", async () => {
  const broken = sqlAsset({
    ...common,
    name: "broken",
    columns: { n: int32() },
    query: sql`select error('no\nway')::integer as n`,
  })
  await expect(works.compute([broken])).rejects.toMatchObject({
    code: "engine",
    message: "`broken`: no",
  })
})

test("a source's lines are read, counted and quarantined on the way", async () => {
  const clicks = sourceAsset({
    ...common,
    name: "clicks",
    partitions: everyDay,
    format: { kind: "json_lines" },
    path: "clicks/{partition}.json",
    tolerance: 0.5,
    columns: { id: int64(), clicked_at: timestamp() },
  })
  const days = sqlAsset({
    ...common,
    name: "click_days",
    partitions: everyDay,
    columns: { day: date(), clicks: int64() },
    query: sql`select clicked_at::date as day, count(*) as clicks from ${clicks} group by day`,
  })
  const file = await works.land(
    "clicks/2026-01-05.json",
    '{"id":1,"clicked_at":"2026-01-05T23:59:59Z"}\n{"id":2,"clicked_at":"2026-01-05T23:59:59-01:00"}\nx\n',
  )
  const landed = {
    kind: "landed",
    name: "clicks",
    source: clicks,
    partitions: [{ key: "2026-01-05", files: [file] }],
  } as const
  expect(await works.compute([days], [landed])).toMatchObject({
    kind: "materialized",
    outputs: [{ rows: 2 }],
    lineCounts: [
      {
        source: "clicks",
        lines: 3,
        rows: 2,
        quarantined: 1,
        file: "quarantine/clicks/2026-01-05/v1.jsonl",
      },
    ],
  })
  expect(await works.store.exists("quarantine/clicks/2026-01-05/v1.jsonl")).toBe(true)
})

test("checks run again on stored rows", async () => {
  await works.compute([numbers], [], "v2")
  const checks = [rowCount({ min: 4 })]
  const request = {
    asset: numbers,
    checks,
    file: "numbers/2026-01-05/v2.parquet",
    partition: testDay,
    relations: [],
  }
  expect(await works.engine.check(request)).toMatchObject([
    { name: "not_null", passed: true },
    { name: "row_count", passed: false },
  ])
})

test("steps at once do not disturb each other", async () => {
  const assets = Array.from({ length: 8 }, (_, at) =>
    sqlAssets({
      name: `made_${at}`,
      group: "test",
      shared: sql`select range::integer + ${at} as n from range(50000)`,
      outputs: {
        [`a_${at}`]: {
          description: "A.",
          columns: { n: int32() },
          query: sql`select n from ${sharedRows}`,
          checks: [unique("n")],
        },
      },
    }),
  )
  const results = await Promise.all(assets.map((outputs) => works.compute(Object.values(outputs))))
  expect(
    new Set(
      results.flatMap((result) =>
        result.kind === "materialized" ? result.outputs.map((output) => output.dataVersion) : [],
      ),
    ).size,
  ).toBe(8)
})

test("progress never leaves 0 to 1", async () => {
  const shares: number[] = []
  const slow = sqlAsset({
    ...common,
    name: "slow",
    columns: { n: int64() },
    query: sql`select sum(a.range * b.range)::bigint as n from range(30000) as a, range(2000) as b`,
  })
  await works.engine.compute(buildRequest([slow], [], "v1"), (share) => shares.push(share))
  expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true)
})

test("aborting stops a running step and everything after it", async () => {
  const abort = new AbortController()
  const stopped = await openEngineFixture({ signal: abort.signal })
  const endless = sqlAsset({
    ...common,
    name: "endless",
    columns: { n: int64() },
    query: sql`select sum(a.range + b.range)::bigint as n from range(10000000) as a, range(10000000) as b`,
  })
  const step = stopped.engine.compute(buildRequest([endless], [], "v1"), () => abort.abort())
  await expect(step).rejects.toMatchObject({ code: "interrupted" })
  await expect(stopped.compute([numbers])).rejects.toMatchObject({ code: "interrupted" })
  expect(await readdir(join(stopped.folder, "lake", ".tmp"))).toEqual([])
  await stopped.close()
})

test("the data version depends on the rows alone, not on their order, the threads or the file", async () => {
  const mixed = (order: Sql<never>) =>
    sqlAsset({
      ...common,
      name: "mixed",
      columns: {
        n: int32(),
        name: nullable(text()),
        share: decimal(18, 4),
        tags: list(text()),
        at: timestamp(),
      },
      query: sql`select (range % 1000)::integer as n, case when range % 3 > 0 then 'n' || range end as name,
          (range / 7)::decimal(18, 4) as share, ['a', 'b' || range] as tags, make_timestamptz(range * 1000000) as at
        from range(300000) order by ${order}`,
    })
  const versions = new Set<string>()
  for (const [threads, order] of [
    [1, sql`range`],
    [2, sql`hash(range)`],
    [4, sql`range desc`],
  ] as const) {
    const other = await openEngineFixture({ threads })
    const result = await other.compute([mixed(order)])
    if (result.kind === "materialized") versions.add(result.outputs[0]!.dataVersion)
    await other.close()
  }
  expect(versions.size).toBe(1)
})

test("the data version differs for other rows, repeated rows, columns and types", async () => {
  const versions = await Promise.all(
    [
      sqlAsset({
        ...common,
        name: "d",
        columns: { a: int32(), b: int32() },
        query: sql`select 1 as a, 2 as b`,
      }),
      sqlAsset({
        ...common,
        name: "d",
        columns: { a: int32(), b: int32() },
        query: sql`select 2 as a, 1 as b`,
      }),
      sqlAsset({
        ...common,
        name: "d",
        columns: { a: int32(), b: int32() },
        query: sql`select 1 as a, 2 as b from range(2)`,
      }),
      sqlAsset({
        ...common,
        name: "d",
        columns: { a: int32(), c: int32() },
        query: sql`select 1 as a, 2 as c`,
      }),
      sqlAsset({
        ...common,
        name: "d",
        columns: { a: int32(), b: int64() },
        query: sql`select 1 as a, 2 as b`,
      }),
      sqlAsset({
        ...common,
        name: "d",
        columns: { a: int32(), b: nullable(int32()) },
        query: sql`select 1 as a, null as b`,
      }),
    ].map(async (asset, at) => {
      const result = await works.compute([asset], [], `v${at}`)
      return result.kind === "materialized" ? result.outputs[0]?.dataVersion : undefined
    }),
  )
  expect(new Set(versions).size).toBe(versions.length)
})

test("the data version of a source's rows is the same for shuffled lines, in any time zone and language", async () => {
  const visits = sourceAsset({
    ...common,
    name: "visits",
    partitions: everyDay,
    format: { kind: "json_lines" },
    path: "visits/{partition}.json",
    columns: { name: text(), visited_at: timestamp() },
  })
  const hours = sqlAsset({
    ...common,
    name: "visit_hours",
    partitions: everyDay,
    columns: { name: text(), day: date(), visited_at: timestamp(), visits: int64() },
    query: sql`select upper(name) as name, visited_at::date as day, visited_at, count(*) as visits from ${visits} group by all`,
  })
  const lines = Array.from({ length: 5000 }, (_, at) =>
    JSON.stringify({
      name: `\u0131\u00e9${at % 97}`,
      visited_at: new Date(at * 7_654_321).toISOString(),
    }),
  )
  const before = { TZ: process.env["TZ"], LC_ALL: process.env["LC_ALL"] }
  const versions = new Set<string>()
  for (const [TZ, LC_ALL, order] of [
    ["UTC", "C", 1],
    ["Asia/Kathmandu", "tr_TR.UTF-8", -1],
    ["America/St_Johns", "de_DE.UTF-8", 7],
  ] as const) {
    Object.assign(process.env, { TZ, LC_ALL })
    const other = await openEngineFixture()
    const shuffled = lines.toSorted((a, b) => order * (a.length - b.length || (a < b ? -1 : 1)))
    const file = await other.land("visits/2026-01-05.json", shuffled.join("\n"))
    const landed = {
      kind: "landed",
      name: "visits",
      source: visits,
      partitions: [{ key: "2026-01-05", files: [file] }],
    } as const
    const result = await other.compute([hours], [landed])
    if (result.kind === "materialized") versions.add(result.outputs[0]!.dataVersion)
    await other.close()
  }
  for (const [name, value] of Object.entries(before))
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  expect(versions.size).toBe(1)
})

test("a recomputed partition has the same data version, and leaves no file", async () => {
  const result = await works.compute([numbers])
  const before = await readdir(works.folder, { recursive: true })
  const again = await works.engine.recompute(buildRequest([numbers], [], "v1"))
  const recorded = result.kind === "materialized" ? result.outputs : []
  expect(again).toEqual(
    recorded.map(({ asset, dataVersion, rows }) => ({ asset, dataVersion, rows })),
  )
  expect(await readdir(works.folder, { recursive: true })).toEqual(before)
})

test("a stored file has the recorded data version until it is changed or removed", async () => {
  const result = await works.compute([numbers])
  const [output] = result.kind === "materialized" ? result.outputs : []
  const file = output?.file ?? ""
  expect(await works.engine.readDataVersion(numbers, file)).toBe(output?.dataVersion)
  const path = await works.store.localPath(file)
  await writeFile(path, "no rows at all")
  expect(await works.engine.readDataVersion(numbers, file)).toBeUndefined()
  await rm(path)
  expect(await works.engine.readDataVersion(numbers, file)).toBeUndefined()
})

test("a query can use the hour or the key of its partition", async () => {
  const hours = hourly({ start: "2026-01-01T00", zone: "Asia/Kathmandu" })
  const span = sqlAsset({
    ...common,
    name: "span",
    partitions: hours,
    columns: { begins: timestamp(), minutes: int64(), named: text() },
    query: sql`select ${partitionStart} as begins, ${partitionKeyText} as named,
      date_diff('minute', ${partitionStart}, ${partitionEnd}) as minutes`,
  })
  const partition = formatPartition(hours, findPartition(hours, "2026-01-05T03") ?? 0)
  const request = {
    ...buildRequest([span], [], "v1"),
    partition,
    folder: encodeFolderName(partition.key),
  }
  const result = await works.engine.compute(request, () => {})
  const [output] = result.kind === "materialized" ? result.outputs : []
  expect(output?.file).toBe("span/2026-01-05T03/v1.parquet")
  const stored = { kind: "stored", name: "span", columns: span.columns } as const
  const relations = [{ ...stored, files: [output?.file ?? ""] }]
  const question =
    "select epoch_ms(begins)::varchar as ms, minutes::varchar as minutes, named from span"
  const found: unknown[] = []
  await works.engine.query({ sql: question, relations }, async ({ batches }) => {
    for await (const batch of batches) found.push(...batch)
  })
  const ms = String(Date.parse("2026-01-04T21:15:00Z"))
  expect(found).toEqual([{ ms, minutes: "60", named: "2026-01-05T03" }])
})
