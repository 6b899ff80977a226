import { readdirSync } from "node:fs"

import {
  type AnyAsset,
  type Asset,
  int64,
  sourceAsset,
  sql,
  sqlAsset,
  type Sql,
} from "@freshet/core"
import { buildGraph, formatPartitionKey } from "@freshet/core/engine"
import { testAsset } from "freshet/testing"
import { expect, test } from "vitest"

import * as declarations from "../examples/assets.ts"
import * as checks from "../examples/checks.ts"
import { columns } from "../examples/columns.ts"
import { partitions } from "../examples/partitions.ts"
import * as project from "../examples/project.ts"
import * as reads from "../examples/reads.ts"

const values: readonly object[] = [declarations, checks, reads].flatMap((module) =>
  Object.values<object>(module),
)
const hasKind = (value: object, kind: string) => "kind" in value && value.kind === kind
const assets = values.filter((value): value is Asset => hasKind(value, "asset"))
const sources = values.filter((value): value is AnyAsset => hasKind(value, "source"))
const queries = values.filter((value): value is Sql => hasKind(value, "sql"))

test("the assets of the examples are valid declarations", () => {
  expect(buildGraph([...sources, ...assets])).not.toHaveProperty("problems")
})

test.each(assets)("the example $name is computed", async (asset) => {
  expect(await testAsset(asset, { partition: findPartition(asset) })).toBeInstanceOf(Array)
})

test.each(queries)("the query of example $# runs", async (query) => {
  expect(await countRows(query)).toBe(0n)
})

const checkedAssets = [
  ...checks.checkedBookings.checks.map((check) => ({ check, asset: checks.checkedBookings })),
  { check: declarations.isPositive, asset: declarations.viewsPerVideo },
]
test.each(checkedAssets)("the query of the check $check.name runs", async ({ check, asset }) => {
  if (check.rule.kind !== "no_rows") return
  const parts = check.rule.query.parts.flatMap((part) =>
    part.kind === "read" && part.read.asset === undefined ? sql`${asset as Asset}`.parts : [part],
  )
  expect(await countRows({ kind: "sql", parts })).toBe(0n)
})

async function countRows(query: Sql): Promise<bigint | undefined> {
  const asset = sqlAsset({
    name: "counted",
    group: "examples",
    description: "The rows of an example.",
    partitions: partitions.days,
    columns: { rows: int64() },
    query: sql`select count(*) as rows from (${query})`,
  })
  const rows = await testAsset(asset, { partition: "2026-01-05" })
  return rows[0]?.rows
}

function findPartition({ partitions: declared }: Asset): string {
  return formatPartitionKey(declared, "start" in declared ? declared.start : 0)
}

test.each(Object.entries(partitions))(
  "an asset with the columns is partitioned by %s",
  async (_name, declared) => {
    const source = sourceAsset({
      name: "values",
      group: "examples",
      description: "Values of all columns.",
      partitions: declared,
      columns,
      format: { kind: "json_lines" },
      path: "values.json",
    })
    const asset = sqlAsset({
      name: "same_values",
      group: "examples",
      description: "The same values.",
      partitions: declared,
      columns,
      query: sql`select * from ${source}`,
    })
    expect(await testAsset(asset, { partition: findPartition(asset) })).toEqual([])
  },
)

test("the settings of a project are valid", () => {
  expect(project.config).toMatchObject({ landing: "landing", memoryMb: 4096 })
  expect(project.automation).toMatchObject({
    videos: { kind: "cron", catchUp: "all" },
    accounts: { kind: "arrival", everySeconds: 60 },
  })
  expect(project.viewColumns).toMatchObject({ views: { kind: "int64" } })
  expect(readdirSync(project.migrations)).toContain("meta")
})

test("the tests of an asset return the rows that their comments show", () => {
  expect(project.testedRows).toEqual([{ video: "cats", views: 1n }])
  expect(project.typedRows).toEqual([{ video: "cats", views: 2n }])
})
