import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import {
  type Asset,
  codeAsset,
  int32,
  nullable,
  rowCount,
  sourceAsset,
  sql,
  sqlAsset,
  text,
  unpartitioned,
} from "@freshet/core"
import type { Relation } from "@freshet/core/engine"
import { afterAll, beforeAll, expect, test } from "vitest"

import { createRowReader } from "../../src/publish/row-reader.ts"
import { openMemoryStore } from "../store/memory-store.ts"
import { openEngineFixture, testDay, type EngineFixture } from "./engine-fixture.ts"

const common = { group: "test", description: "Rows." }
const numbers = sqlAsset({
  ...common,
  name: "numbers",
  columns: { n: int32() },
  query: sql`select range::integer as n from range(3)`,
})
const squares = sqlAsset({
  ...common,
  name: "squares",
  columns: { n: int32(), square: int32() },
  query: sql`select n, (n * n)::integer as square from ${numbers}`,
})
const names = codeAsset({
  ...common,
  name: "names",
  version: "1",
  upstream: { squares },
  columns: { name: text() },
  compute: async function* ({ squares }) {
    for await (const { n, square } of squares) yield { name: `${n} ${square}` }
  },
})

let copies: string
let works: EngineFixture
beforeAll(async () => {
  copies = await mkdtemp(join(tmpdir(), "freshet-copies-"))
  works = await openEngineFixture({ store: openMemoryStore(copies) })
})
afterAll(async () => {
  await works.close()
  await rm(copies, { recursive: true })
})

const fileOf = (asset: Asset) => `${asset.name}/2026-01-05/v1.parquet`
const stored = (asset: Asset): Relation => ({
  kind: "stored",
  name: asset.name,
  columns: asset.columns,
  files: [fileOf(asset)],
})

test("the engine reads, checks, compares and publishes rows of a store without a folder", async () => {
  await works.compute([numbers])
  await works.compute([squares], [stored(numbers)])
  const result = await works.compute([names], [stored(squares)])
  expect(result).toMatchObject({
    kind: "materialized",
    outputs: [{ file: fileOf(names), rows: 3 }],
  })
  const version = result.kind === "materialized" ? result.outputs[0]?.dataVersion : undefined
  expect(await works.engine.readDataVersion(names, fileOf(names))).toBe(version)
  expect(
    await works.engine.check({
      asset: squares,
      checks: [rowCount({ min: 3 })],
      file: fileOf(squares),
      partition: testDay,
      relations: [],
    }),
  ).toMatchObject([{ passed: true }, { passed: true }])
  const rowsOf = createRowReader(works.engine.session, works.store)
  const published: unknown[] = []
  for await (const chunk of rowsOf(fileOf(names), [{ name: "name", expression: "name" }], ["name"]))
    published.push(...chunk.getRows())
  expect(published).toEqual([["0 0"], ["1 1"], ["2 4"]])
  expect(await readdir(join(works.folder))).not.toContain("lake")
})

test("failed rows and quarantined lines are in the store, and messages have their location", async () => {
  const source = sourceAsset({
    ...common,
    name: "lines",
    partitions: unpartitioned,
    format: { kind: "json_lines" },
    path: "lines.json",
    tolerance: 0,
    columns: { id: nullable(int32()) },
  })
  const reader = sqlAsset({
    ...common,
    name: "reader",
    columns: { id: nullable(int32()) },
    query: sql`from ${source}`,
  })
  const files = [await works.land("lines.json", '{"id":1}\nx\n')]
  const relation = { kind: "landed", name: "lines", source, partitions: [{ key: "all", files }] }
  const key = "quarantine/lines/2026-01-05/v1.jsonl"
  await expect(works.compute([reader], [relation as Relation])).rejects.toMatchObject({
    code: "input",
    hint: `All of them, with reasons, are in memory://lake/${key}.`,
  })
  const parts: Uint8Array[] = []
  for await (const part of works.store.read(key)) parts.push(part)
  expect(Buffer.concat(parts).toString()).toContain('"line":2')
})

test("a step with a missing upstream file fails with the store's message; missing rows have no content", async () => {
  const gone = { ...stored(numbers), files: ["numbers/gone/v1.parquet"] } as Relation
  const fault = { code: "store", message: "the store has no file numbers/gone/v1.parquet" }
  await expect(works.compute([squares], [gone])).rejects.toMatchObject(fault)
  await expect(works.compute([names], [{ ...gone, name: "squares" }])).rejects.toMatchObject(fault)
  expect(await works.engine.readDataVersion(numbers, "numbers/gone/v1.parquet")).toBeUndefined()
})
