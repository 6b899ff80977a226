import { integer, numeric, pgSchema, primaryKey, timestamp } from "drizzle-orm/pg-core"

/** The Postgres schema of the published connections and recommendations. */
export const graphRecsSchema = pgSchema("graph_recs")

/** Start of the day on which a row first appeared, and of that on which it last changed. */
const days = {
  created_at: timestamp({ withTimezone: true }).notNull(),
  updated_at: timestamp({ withTimezone: true }).notNull(),
}

/** The people with whom a person engaged most, weighted by time. */
export const closestConnections = graphRecsSchema.table(
  "closest_connections",
  {
    user_id: integer().notNull(),
    closest_connection: integer().notNull(),
    weight: numeric({ precision: 18, scale: 8 }).notNull(),
    ...days,
  },
  (table) => [primaryKey({ columns: [table.user_id, table.closest_connection] })],
)

/** The people who are recommended to a person. */
export const recommendations = graphRecsSchema.table(
  "recommendations",
  {
    user_id: integer().notNull(),
    rec_id: integer().notNull(),
    ...days,
  },
  (table) => [primaryKey({ columns: [table.user_id, table.rec_id] })],
)

/** The connections through whom a person was recommended, in `reason_id`, with their contribution. */
export const recReasons = graphRecsSchema.table(
  "rec_reasons",
  {
    user_id: integer().notNull(),
    rec_id: integer().notNull(),
    reason_id: integer().notNull(),
    weight: numeric({ precision: 18, scale: 8 }).notNull(),
    ...days,
  },
  (table) => [primaryKey({ columns: [table.user_id, table.rec_id, table.reason_id] })],
)
