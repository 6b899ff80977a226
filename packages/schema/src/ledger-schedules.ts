import { sql } from "drizzle-orm"
import { bigserial, index, jsonb, text, unique } from "drizzle-orm/pg-core"

import { bigintColumn, freshetSchema, timestampColumn } from "./freshet-schema.ts"

/** The schedules that a scheduler has seen. A schedule is named after the selection that it materializes. */
export const schedules = freshetSchema.table("schedules", {
  name: text().primaryKey(),
  /** The time of its first appearance or of its last resumption: earlier instants are not due. */
  since_at: timestampColumn().notNull().defaultNow(),
  paused_at: timestampColumn(),
})

/** The settled changes of partitions of sources. The greatest `id` of a partition is the newest. */
export const arrivals = freshetSchema.table(
  "arrivals",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    source: text().notNull(),
    partition: text().notNull(),
    version: text().notNull(),
    settled_at: timestampColumn().notNull().defaultNow(),
  },
  (table) => [index().on(table.source, table.partition, table.id)],
)

/** The ticks of schedules: each makes one run, which is repeated when its process was killed. */
export const ticks = freshetSchema.table(
  "ticks",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    schedule: text().notNull(),
    tick_at: timestampColumn().notNull(),
    /** The version of the plan that caused a tick of a stale asset. */
    plan_version: text(),
    /** The newest arrival that the tick includes. */
    last_arrival: bigintColumn().notNull().default(0),
    /** Source → keys of the partitions that arrived; null for the newest partitions. */
    arrived: jsonb().$type<Readonly<Record<string, readonly string[]>>>(),
    recorded_at: timestampColumn().notNull().defaultNow(),
    /** Its latest run; a run that had nothing to do is not in `runs`. */
    run: text(),
    outcome: text({ enum: ["nothing", "succeeded", "failed", "interrupted"] }),
    message: text(),
    ended_at: timestampColumn(),
  },
  (table) => [
    unique().on(table.schedule, table.tick_at),
    index("ticks_open_index")
      .on(table.id)
      .where(sql`${table.ended_at} is null`),
  ],
)
