import { daily, int64, last, rowCount, sourceAsset, sql, sqlAsset, text } from "@freshet/core"

const tip = Number(process.env["MARKET_TIP"] ?? 0)
const common = { group: "market", partitions: daily({ start: "2026-01-01" }) } as const

const orders = sourceAsset({
  ...common,
  name: "orders",
  description: "What was ordered on the day.",
  columns: { item: text(), many: int64() },
  format: { kind: "json_lines" },
  path: "market/orders/{partition}.json",
})

const prices = sourceAsset({
  ...common,
  name: "prices",
  description: "What an item cost on the day, as it was written down.",
  columns: { item: text(), price: text() },
  format: { kind: "json_lines" },
  path: "market/prices/{partition}.json",
})

const items = sqlAsset({
  ...common,
  name: "items",
  description: "How often each item was ordered.",
  columns: { item: text(), many: int64() },
  query: sql`select item, sum(many)::bigint as many from ${orders} group by item`,
})

const takings = sqlAsset({
  ...common,
  name: "takings",
  description: "What each item brought in. A price that is no number is an error.",
  columns: { item: text(), money: int64() },
  query: sql`
    select item, many * cast(price as bigint) + ${tip} as money
    from ${items} as i join ${prices} as p using (item)`,
})

const bestItems = sqlAsset({
  ...common,
  name: "best",
  description: "What brought in most in two days.",
  columns: { item: text(), money: int64() },
  query: sql`select item, sum(money)::bigint as money from ${last(2, takings)} group by item`,
  checks: [rowCount({ min: 1 })],
})

const countedItems = sqlAsset({
  ...common,
  name: "counted",
  description: "Counts the orders one by one: with very many of an item, for hours.",
  columns: { item: text(), many: int64() },
  query: sql`
    with recursive numbers as (
      select item, many, 1::bigint as n from ${orders}
      union all
      select item, many, n + 1 from numbers where n < many)
    select item, count(*) as many from numbers group by item`,
})

/** Assets that fail or run for ever, depending on the files that a test lands. */
export const assets = [orders, prices, items, takings, bestItems, countedItems]
