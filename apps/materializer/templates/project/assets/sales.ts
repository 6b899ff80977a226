import {
  decimal,
  int64,
  last,
  noRows,
  itself,
  publishTo,
  sql,
  sqlAsset,
  text,
  unique,
} from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { productSales as productSalesTable } from "../tables.ts"
import { everyDay, orders } from "./orders.ts"

/** Sales of a day by product. */
export const dailySales = sqlAsset({
  name: "daily_sales",
  group: "shop",
  description: "Sold pieces and revenue of each product on a day.",
  partitions: everyDay,
  columns: {
    product: text("Name of the product."),
    pieces: int64("Sold pieces."),
    revenue: decimal(18, 2, "Revenue.", { unit: "EUR" }),
  },
  query: sql`
    select product, sum(quantity)::bigint as pieces, sum(quantity * price)::decimal(18, 2) as revenue
    from ${orders}
    group by product`,
  checks: [unique("product")],
})

/** Sales of a week by product, published to PostgreSQL. */
export const productSales = sqlAsset({
  name: "product_sales",
  group: "shop",
  description: "Sold pieces and revenue of each product in the seven days that end with the day.",
  partitions: everyDay,
  columns: columnsFromTable(productSalesTable, {
    product: "Name of the product.",
    pieces: ["Sold pieces.", "pieces"],
    revenue: ["Revenue.", "EUR"],
  }),
  query: sql`
    select product, sum(pieces)::bigint as pieces, sum(revenue)::decimal(18, 2) as revenue
    from ${last(7, dailySales)}
    group by product`,
  checks: [
    unique("product"),
    noRows("revenue_is_positive", {
      description: "no product has a negative revenue",
      query: sql`select product, revenue from ${itself} where revenue < 0`,
    }),
  ],
  publish: publishTo(productSalesTable, { set: "shop" }),
})
