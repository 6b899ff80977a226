import { bigint, numeric, pgSchema, timestamp, varchar } from "drizzle-orm/pg-core"

/** The schema of the published tables in PostgreSQL. */
export const shop = pgSchema("shop")

/** After a change run `freshet migrate --generate`, which writes the migration. */
export const productSales = shop.table("product_sales", {
  product: varchar().primaryKey(),
  pieces: bigint({ mode: "bigint" }).notNull(),
  revenue: numeric({ precision: 18, scale: 2 }).notNull(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
})
