import { bigint, pgSchema, timestamp } from "drizzle-orm/pg-core"

/** The Postgres schema of Freshet's own records. */
export const freshetSchema = pgSchema("freshet")

/** An instant. */
export const timestampColumn = () => timestamp({ withTimezone: true })

/** A whole number up to 2^53. */
export const bigintColumn = () => bigint({ mode: "number" })
