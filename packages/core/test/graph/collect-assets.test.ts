import { expect, test } from "vitest"

import { collectAssets } from "../../src/graph/collect-assets.ts"
import {
  all,
  daily,
  int64,
  itself,
  noRows,
  sourceAsset,
  sql,
  sqlAsset,
  sqlAssets,
} from "../../src/index.ts"

const common = { group: "shop", description: "Rows." } as const
const columns = { id: int64("Number.") }
const orders = sourceAsset({
  ...common,
  name: "orders",
  columns,
  format: { kind: "json_lines" },
  partitions: daily({ start: "2026-01-01" }),
  path: "orders/{partition}.json",
})
const customers = sqlAsset({
  ...common,
  name: "customers",
  columns,
  query: sql`select 1::bigint as id`,
})
const sales = sqlAsset({
  ...common,
  name: "sales",
  columns,
  query: sql`select id from ${all(orders)}`,
  checks: [
    noRows("known", {
      description: "each customer is known",
      query: sql`select id from ${itself} where id not in (select id from ${customers})`,
    }),
  ],
})
const report = sqlAsset({ ...common, name: "report", columns, query: sql`select id from ${sales}` })

const listNames = (entries: readonly object[]) => collectAssets(entries).map(({ name }) => name)

test("upstreams of declared assets and of their checks are taken in", () => {
  expect(listNames([report])).toEqual(["report", "sales", "orders", "customers"])
  expect(listNames([orders, report])).toEqual(["orders", "report", "sales", "customers"])
})

test("a module contributes the assets that it exports, alone, in lists and in records", () => {
  const parts = sqlAssets({
    name: "parts",
    group: "shop",
    outputs: { small: { description: "Rows.", columns, query: sql`select 1::bigint as id` } },
  })
  const helpers = { windowDays: 7, columns, format: () => "text", nothing: null }
  expect(
    listNames([
      { sales, ...helpers },
      { parts, list: [customers] },
    ]),
  ).toEqual(["sales", "small", "customers", "orders"])
})

test("two assets of one name stay, so that their declarations are reported", () => {
  const other = { ...customers }
  expect(collectAssets([customers, other])).toEqual([customers, other])
  expect(listNames([customers, customers])).toEqual(["customers"])
})
