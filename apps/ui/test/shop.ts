import {
  daily,
  dueBy,
  identifier,
  int64,
  itself,
  last,
  noRows,
  pageQuery,
  schedule,
  sourceAsset,
  sql,
  sqlAsset,
  text,
} from "@freshet/core"

const partitions = daily({ start: "2026-01-01" })

const orders = sourceAsset({
  group: "shop",
  partitions,
  name: "orders",
  description: "Orders of one day. <img src=x onerror=alert(1)>",
  columns: { id: int64("Order."), item: text("Item.") },
  format: { kind: "json_lines" },
  path: "orders/{partition}.json",
})

const items = sqlAsset({
  group: "shop",
  partitions,
  name: "items",
  description: "Orders by item.",
  owners: ["shop team"],
  columns: { item: text("Item."), orders: int64("Number of orders.") },
  query: sql`select item, count(*) as orders from ${orders} group by item`,
  checks: [
    noRows("at_most_100_orders", {
      description: "no item has more than 100 orders",
      query: sql`select * from ${itself} where orders > 100`,
    }),
  ],
})

const best = sqlAsset({
  group: "shop",
  partitions,
  name: "best",
  description: "Items by orders of three days.",
  columns: { item: text("Item."), orders: int64("Number of orders.") },
  query: sql`select item, sum(orders)::bigint as orders from ${last(3, items)} group by item`,
  freshness: dueBy("07:00", "UTC"),
})

const counts = sqlAsset({
  group: "reports",
  partitions,
  name: "counts",
  description: "Number of items.",
  columns: { items: int64("Number of items.") },
  query: sql`select count(*) as items from ${best}`,
})

/** A source and three assets in two groups. */
export const shopAssets = [orders, items, best, counts]

/** A query of a page about the shop. */
export const shopQueries = [
  pageQuery({
    name: "sold_items",
    description: "Items of one day by orders, those with the given text in their name.",
    asset: "items",
    parameters: ["part"],
    query: ({ partition, part }) => sql`
      select item, orders, (select items from counts) as items
      from ${identifier(`items@${partition}`)}
      where contains(item, ${part ?? ""}) order by orders desc, item`,
  }),
]

/** Formats a file of orders, one line each. */
export function formatOrders(names: readonly string[]): string {
  return names.map((item, at) => JSON.stringify({ id: at + 1, item })).join("\n")
}

/** Ticks of the shop every morning. */
export const everyMorning = { shop: schedule("0 6 * * *", { zone: "UTC" }) }
