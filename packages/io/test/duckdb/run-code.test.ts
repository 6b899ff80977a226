import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import {
  type Asset,
  bool,
  codeAsset,
  date,
  decimal,
  float64,
  int16,
  int32,
  int64,
  list,
  nullable,
  type RowOf,
  sql,
  sqlAsset,
  struct,
  text,
  timestamp,
  unpartitioned,
} from "@freshet/core"
import { type ComputeResult, formatPartition } from "@freshet/core/engine"
import { afterEach, beforeEach, expect, test } from "vitest"

import { type DuckdbEngine, openEngine } from "../../src/duckdb/engine.ts"
import { openFolderLanding } from "../../src/landing/folder-landing.ts"
import { openFolderStore } from "../../src/store/folder-store.ts"

const columns = {
  flag: nullable(bool()),
  small: int16(),
  id: int32(),
  big: nullable(int64()),
  share: nullable(float64()),
  price: nullable(decimal(30, 4)),
  name: nullable(text()),
  day: nullable(date()),
  at: nullable(timestamp()),
  tags: nullable(list(nullable(text()))),
  place: nullable(struct({ x: int32(), on: nullable(date()) })),
}

type Row = RowOf<typeof columns>

const full: Row = {
  flag: false,
  small: -32_768,
  id: 2_147_483_647,
  big: -9_223_372_036_854_775_808n,
  share: 0.1,
  price: "-12345678901234567890123456.0001",
  name: 'žluťoučký 🐎 "quoted"',
  day: new Date("1969-12-31T00:00:00Z"),
  at: new Date("2026-01-05T23:59:59.123Z"),
  tags: ["a", null, ""],
  place: { x: -1, on: new Date("2024-02-29T00:00:00Z") },
}

const empty: Row = {
  flag: null,
  small: 0,
  id: 0,
  big: null,
  share: null,
  price: null,
  name: null,
  day: null,
  at: null,
  tags: null,
  place: null,
}

let folder: string
let engine: DuckdbEngine

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "freshet-code-"))
  engine = openEngine({
    memoryLimitMb: 512,
    threads: 2,
    connections: 1,
    spillFolder: join(folder, "spill"),
    store: openFolderStore(join(folder, "lake")),
    landingZone: openFolderLanding(folder),
  })
})

afterEach(async () => {
  await engine.close()
  await rm(folder, { recursive: true })
})

function computeRows(asset: Asset, upstream: Readonly<Record<string, readonly string[]>> = {}) {
  const { computation } = asset
  const relations = computation.reads.map((read) => ({
    kind: "stored" as const,
    name: read.asset?.name ?? "",
    columns: read.asset?.columns ?? {},
    files: upstream[read.asset?.name ?? ""] ?? [],
  }))
  const keys = { partition: formatPartition(unpartitioned, 0), folder: "all" }
  const request = { computation, outputs: [asset], ...keys, inputVersion: "v" }
  return engine.compute({ ...request, relations }, () => {})
}

function listFiles(result: ComputeResult): readonly string[] {
  return result.kind === "materialized" ? result.outputs.map(({ file }) => file) : []
}

const declared = { group: "g", description: "Rows.", version: "1", columns } as const

const given = codeAsset({
  ...declared,
  name: "given",
  upstream: {},
  async *compute() {
    yield full
    yield empty
  },
})

test("code reads the values that other code yielded, for every kind of column and for null", async () => {
  const seen: Row[] = []
  const copied = codeAsset({
    ...declared,
    name: "copied",
    upstream: { given },
    async *compute({ given: rows }) {
      for await (const row of rows) {
        seen.push(row)
        yield row
      }
    },
  })
  const first = await computeRows(given)
  const second = await computeRows(copied, { given: listFiles(first) })
  expect(seen).toEqual([full, empty])
  expect(second).toMatchObject({ kind: "materialized", outputs: [{ rows: 2 }] })
  const [a, b] = [first, second].map((result) =>
    result.kind === "materialized" ? result.outputs[0]?.dataVersion : "",
  )
  expect(a).toBe(b)
})

test("batches carry a hundred thousand rows as columns, and two upstreams may be read side by side", async () => {
  const numbers = sqlAsset({
    name: "numbers",
    group: "g",
    description: "Numbers.",
    columns: { n: int32() },
    query: sql`select range::integer as n from range(100000)`,
  })
  const doubled = codeAsset({
    name: "doubled",
    group: "g",
    description: "Twice the numbers.",
    version: "1",
    columns: { n: int32() },
    upstream: { left: numbers, right: numbers },
    async *compute({ left: leftRows, right }) {
      const otherBatches = right.batches()[Symbol.asyncIterator]()
      for await (const batch of leftRows.batches()) {
        const { value: other } = await otherBatches.next()
        const sums = new Int32Array(batch.rows)
        for (let row = 0; row < batch.rows; row += 1)
          sums[row] = batch.columns.n.get(row) + other.columns.n.get(row)
        yield { kind: "batch", columns: { n: sums } }
      }
    },
  })
  const computation = await computeRows(doubled, { numbers: listFiles(await computeRows(numbers)) })
  const [file = ""] = listFiles(computation)
  const relation = {
    kind: "stored",
    name: "doubled",
    columns: doubled.columns,
    files: [file],
  } as const
  const query = "select sum(n)::varchar as total, count(*)::integer as rows from doubled"
  const rows = await engine.query({ sql: query, relations: [relation] }, async ({ batches }) => {
    const all = []
    for await (const batch of batches) all.push(...batch)
    return all
  })
  expect(rows).toEqual([{ total: "9999900000", rows: 100_000 }])
})

test.each([
  ["small", 40_000, "`broken.small` is declared SMALLINT, but the code gave number 40000"],
  ["id", 1.5, "`broken.id` is declared INTEGER, but the code gave number 1.5"],
  [
    "big",
    2n ** 63n,
    "`broken.big` is declared BIGINT, but the code gave bigint 9223372036854775808",
  ],
  ["day", "2026-01-05", "`broken.day` is declared DATE, but the code gave string 2026-01-05"],
  ["id", undefined, "`broken.id` is declared INTEGER, but the code gave a row without it"],
])("a value that its column cannot hold is named: %s = %s", async (name, value, message) => {
  const broken = codeAsset({
    ...declared,
    name: "broken",
    upstream: {},
    async *compute() {
      yield { ...full, [name]: value }
    },
  })
  await expect(computeRows(broken)).rejects.toMatchObject({ name: "FreshetError", message })
})

test("an error in code is one sentence with the asset's name", async () => {
  const broken = codeAsset({
    ...declared,
    name: "broken",
    upstream: {},
    // oxlint-disable-next-line require-yield
    async *compute() {
      throw new Error("the model file is not there")
    },
  })
  await expect(computeRows(broken)).rejects.toThrow(
    "the code of `broken` failed: the model file is not there",
  )
})
