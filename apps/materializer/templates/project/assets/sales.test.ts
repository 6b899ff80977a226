import { rowsOf, testAsset } from "freshet/testing"
import { expect, test } from "vitest"

import { orders } from "./orders.ts"
import { dailySales, productSales } from "./sales.ts"

test("the revenue of a product is the sum of its orders", async () => {
  const rows = await testAsset(dailySales, {
    partition: "2026-01-01",
    reads: {
      orders: rowsOf(orders, [
        { product: "apple", quantity: 3, price: "0.50" },
        { product: "apple", quantity: 1, price: "0.60" },
      ]),
    },
  })
  expect(rows).toEqual([{ product: "apple", pieces: 4n, revenue: "2.10" }])
})

test("a week without sales has no rows", async () => {
  expect(await testAsset(productSales, { partition: "2026-01-07" })).toEqual([])
})
