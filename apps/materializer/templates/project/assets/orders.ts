import { daily, decimal, int32, int64, sourceAsset, text } from "@freshet/core"

/** The days of the shop. */
export const everyDay = daily({ start: "2026-01-01" })

/** Files that the shop lands, one a day: landing/orders/2026-01-01.csv. */
export const orders = sourceAsset({
  name: "orders",
  group: "shop",
  description: "Orders of the shop.",
  partitions: everyDay,
  columns: {
    order_id: int64("Number of the order."),
    product: text("Name of the product."),
    quantity: int32("Number of pieces."),
    price: decimal(12, 2, "Price of a piece.", { unit: "EUR" }),
  },
  format: { kind: "csv" },
  path: "orders/{partition}.csv",
})
