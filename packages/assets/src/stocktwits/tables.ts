import { integer, pgSchema, primaryKey, smallint, timestamp, varchar } from "drizzle-orm/pg-core"

/** The Postgres schema of the published StockTwits tables. */
export const stocktwitsSchema = pgSchema("stocktwits")

const timestamps = {
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
}

/** Recommended users: the ten best for each user. */
export const userRecs = stocktwitsSchema.table(
  "user_recs",
  {
    user_id: integer().notNull(),
    rec_id: integer().notNull(),
    weight: integer().notNull(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.user_id, table.rec_id] })],
)

/** The users through whom a user was recommended. */
export const userRecReasons = stocktwitsSchema.table(
  "user_rec_reasons",
  {
    user_id: integer().notNull(),
    rec_id: integer().notNull(),
    reason_id: integer().notNull(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.user_id, table.rec_id, table.reason_id] })],
)

/** Recommended rooms: the ten best for each user. */
export const roomRecs = stocktwitsSchema.table(
  "room_recs",
  {
    user_id: integer().notNull(),
    rec_id: integer().notNull(),
    weight: integer().notNull(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.user_id, table.rec_id] })],
)

/** The users through whom a room was recommended, in `reason_id`. */
export const roomRecReasons = stocktwitsSchema.table(
  "room_rec_reasons",
  {
    user_id: integer().notNull(),
    rec_id: integer().notNull(),
    reason_id: integer().notNull(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.user_id, table.rec_id, table.reason_id] })],
)

/** The users, with an indicator (0 or 1) for each class of assets that they trade. */
export const users = stocktwitsSchema.table("users", {
  id: integer().primaryKey(),
  username: varchar().notNull(),
  experience: varchar(),
  approach: varchar(),
  holding_period: varchar(),
  bonds: smallint().notNull(),
  equities: smallint().notNull(),
  forex: smallint().notNull(),
  futures: smallint().notNull(),
  options: smallint().notNull(),
  private_companies: smallint().notNull(),
  ...timestamps,
})

/** The rooms, with an indicator (0 or 1) for each topic. */
export const rooms = stocktwitsSchema.table("rooms", {
  id: integer().primaryKey(),
  slug: varchar().notNull(),
  biotechnology: smallint().notNull(),
  cryptocurrencies: smallint().notNull(),
  day_trading: smallint().notNull(),
  etfs: smallint().notNull(),
  education: smallint().notNull(),
  energy: smallint().notNull(),
  equities: smallint().notNull(),
  forex: smallint().notNull(),
  fundamentals: smallint().notNull(),
  futures: smallint().notNull(),
  global_macro: smallint().notNull(),
  green_energy: smallint().notNull(),
  long_term_investing: smallint().notNull(),
  momentum_trading: smallint().notNull(),
  news: smallint().notNull(),
  non_market_talk: smallint().notNull(),
  options: smallint().notNull(),
  personal_finance: smallint().notNull(),
  precious_metals: smallint().notNull(),
  quant: smallint().notNull(),
  swing_trading: smallint().notNull(),
  technicals: smallint().notNull(),
  technology: smallint().notNull(),
  ...timestamps,
})
