import {
  codeAsset,
  daily,
  date,
  decimal,
  int64,
  last,
  list,
  partitionDay,
  previous,
  sharedRows,
  sourceAsset,
  sql,
  sqlAsset,
  sqlAssets,
  text,
} from "@freshet/core"
import { expect, expectTypeOf, test } from "vitest"

import { rowsOf, testAsset } from "../../src/asset-test/index.ts"

const common = {
  group: "shop",
  description: "Rows.",
  partitions: daily({ start: "2026-01-01" }),
} as const

const orders = sourceAsset({
  ...common,
  name: "orders",
  columns: {
    product: text(),
    pieces: int64(),
    price: decimal(12, 2),
    day: date(),
    tags: list(text()),
  },
  format: { kind: "json_lines" },
  path: "orders/{partition}.json",
})

const sales = sqlAsset({
  ...common,
  name: "sales",
  columns: { product: text(), revenue: decimal(18, 2) },
  query: sql`select product, sum(pieces * price) as revenue from ${last(7, orders)} group by product`,
})

test("a query is computed over rows, typed both ways, with handy values and omitted columns", async () => {
  const rows = await testAsset(sales, {
    partition: "2026-01-05",
    reads: {
      orders: rowsOf(orders, [
        { product: "pear", pieces: 2n, price: "0.80" },
        { product: "apple", pieces: 3n, price: "0.50", tags: ["red"] },
        { product: "apple", pieces: 1n, price: "0.55", day: new Date("2026-01-05") },
      ]),
    },
  })
  expect(rows).toEqual([
    { product: "apple", revenue: "2.05" },
    { product: "pear", revenue: "1.60" },
  ])
  expectTypeOf(rows[0]!).toEqualTypeOf<{ readonly product: string; readonly revenue: string }>()
  // @ts-expect-error the source has no such column
  rowsOf(orders, [{ produkt: "pear" }])
  const handy = { product: "plum", pieces: 4, price: 0.25, day: "2026-01-05" }
  expect(
    await testAsset(sales, { partition: "2026-01-05", reads: { "orders [last 7]": [handy] } }),
  ).toEqual([{ product: "plum", revenue: "1.00" }])
})

test("reads without rows are empty, and the partition is part of the query", async () => {
  const dated = sqlAsset({
    ...common,
    name: "dated",
    columns: { day: date(), total: int64() },
    query: sql`
      select ${partitionDay} as day, (select count(*) from ${orders}) + (select coalesce(sum(total), 0) from ${previous()}) as total`,
  })
  const reads = { dated: [{ total: 41 }], orders: [{}] }
  expect(await testAsset(dated, { partition: "2026-01-02", reads })).toEqual([
    { day: new Date("2026-01-02"), total: 42n },
  ])
  expect(await testAsset(dated, { partition: "2026-01-02" })).toEqual([
    { day: new Date("2026-01-02"), total: 0n },
  ])
})

test("code receives rows one by one or as a batch", async () => {
  const doubled = codeAsset({
    ...common,
    name: "doubled",
    version: "1",
    columns: { product: text(), pieces: int64() },
    upstream: { landed: orders },
    async *compute({ landed }, { partition }) {
      for await (const { product, pieces } of landed) yield { product, pieces: pieces * 2n }
      for await (const batch of landed.batches())
        yield { product: partition, pieces: BigInt(batch.rows) }
    },
  })
  const reads = { landed: rowsOf(orders, [{ product: "pear", pieces: 2n }]) }
  expect(await testAsset(doubled, { partition: "2026-01-02", reads })).toEqual([
    { product: "2026-01-02", pieces: 1n },
    { product: "pear", pieces: 4n },
  ])
})

test("an output of a computation with shared rows is computed alone", async () => {
  const { large } = sqlAssets({
    name: "parts",
    group: "shop",
    partitions: common.partitions,
    shared: sql`select product, pieces from ${orders}`,
    outputs: {
      large: {
        description: "Rows.",
        columns: { product: text() },
        query: sql`select product from ${sharedRows} where pieces > 5`,
      },
    },
  })
  const reads = {
    orders: rowsOf(orders, [
      { product: "a", pieces: 5n },
      { product: "b", pieces: 6n },
    ]),
  }
  expect(await testAsset(large, { partition: "2026-01-02", reads })).toEqual([{ product: "b" }])
})

test.each([
  [{ reads: { order: [] }, partition: "2026-01-05" }, "sales does not read order."],
  [
    { reads: { orders: [{ produkt: "a" }] }, partition: "2026-01-05" },
    "orders has no column produkt.",
  ],
  [{}, "sales is partitioned: a test names the partition."],
  [{ partition: "May" }, "May is not a partition of sales."],
  [
    { reads: { orders: [{ pieces: "many" }] }, partition: "2026-01-05" },
    "`orders [last 7].pieces` is declared BIGINT, but the code gave string many",
  ],
])("a mistake in a test is named: %j", async (input, message) => {
  await expect(testAsset(sales, input)).rejects.toThrow(message)
})
