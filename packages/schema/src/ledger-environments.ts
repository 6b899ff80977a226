import { text } from "drizzle-orm/pg-core"

import { bigintColumn, freshetSchema, timestampColumn } from "./freshet-schema.ts"

/** The environments beside the default one. Each has a ledger in a schema of its own, and its own schemas of published tables. */
export const environments = freshetSchema.table("environments", {
  name: text().primaryKey(),
  /** The schemas that were created for it, and that are dropped with it. */
  schemas: text().array().notNull(),
  /** The newest migration of the ledger at its creation. */
  migration: bigintColumn().notNull(),
  created_at: timestampColumn().notNull().defaultNow(),
  /** Null while it is created. */
  ready_at: timestampColumn(),
})
