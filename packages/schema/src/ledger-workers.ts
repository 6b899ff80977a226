import { sql } from "drizzle-orm"
import { bigserial, index, integer, jsonb, primaryKey, serial, text } from "drizzle-orm/pg-core"

import { freshetSchema, timestampColumn } from "./freshet-schema.ts"

/**
 * The processes that execute runs, one row per run. A worker lives while its session holds the advisory lock of its id
 * and its lease has not expired. One that is ended can record nothing more.
 */
export const workers = freshetSchema.table(
  "workers",
  {
    id: serial().primaryKey(),
    run: text().notNull(),
    host: text().notNull(),
    pid: integer().notNull(),
    started_at: timestampColumn().notNull().defaultNow(),
    heartbeat_at: timestampColumn().notNull().defaultNow(),
    lease_until: timestampColumn().notNull(),
    ended_at: timestampColumn(),
    /** The pools for whose slots it waits while it executes no step and can start none; null while it can. */
    awaited_pools: text().array(),
  },
  (table) => [
    index("workers_live_index")
      .on(table.id)
      .where(sql`${table.ended_at} is null`),
  ],
)

/** The work under way that one worker at a time may do: a partition of a computation, a publication set, a tick, a request. */
export const claims = freshetSchema.table(
  "claims",
  {
    kind: text({ enum: ["step", "publication", "tick", "request"] }).notNull(),
    /** The computation, the set, or the id of the tick or request. */
    name: text().notNull(),
    /** 0 except for a step. */
    partition: integer().notNull(),
    /** The pool of a step, if it has a limited one. */
    pool: text(),
    worker: integer().notNull(),
    claimed_at: timestampColumn().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.name, table.partition] }),
    index().on(table.worker),
  ],
)

/** The requests that servers have accepted. One without an end waits for a process, or is executed by the one that claims it. */
export const requests = freshetSchema.table(
  "requests",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    command: text().notNull(),
    target: jsonb().$type<object>().notNull(),
    requested_at: timestampColumn().notNull().defaultNow(),
    /** Its latest run; a run that had nothing to do is not in `runs`. */
    run: text(),
    outcome: text({ enum: ["nothing", "succeeded", "failed", "interrupted"] }),
    /** The reason of a request that was rejected before its run began. */
    message: text(),
    ended_at: timestampColumn(),
  },
  (table) => [
    index("requests_open_index")
      .on(table.id)
      .where(sql`${table.ended_at} is null`),
  ],
)
