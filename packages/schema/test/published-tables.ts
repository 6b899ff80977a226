import { integer, pgSchema, primaryKey, smallint, timestamp, varchar } from "drizzle-orm/pg-core"

const stocktwitsSchema = pgSchema("stocktwits")

const timestamps = {
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
}

/** Recommended users: the best for each user. */
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
