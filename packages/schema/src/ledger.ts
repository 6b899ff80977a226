import { sql } from "drizzle-orm"
import {
  bigserial,
  boolean,
  check,
  index,
  integer,
  jsonb,
  primaryKey,
  serial,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core"

import { bigintColumn, freshetSchema, timestampColumn } from "./freshet-schema.ts"
import type { RecordedCopy, RecordedRead } from "./recorded-reads.ts"

export type { RecordedCopy, RecordedRead }

export { queryTexts, sourceFiles } from "./ledger-caches.ts"
export { environments } from "./ledger-environments.ts"
export { arrivals, schedules, ticks } from "./ledger-schedules.ts"
export { claims, requests, workers } from "./ledger-workers.ts"

/** The single row that identifies the ledger. Every wipe begins a new epoch. */
export const identity = freshetSchema.table(
  "identity",
  {
    only: boolean().primaryKey().default(true),
    ledger: uuid().notNull().defaultRandom(),
    epoch: bigintColumn().notNull().default(0),
  },
  (table) => [check("identity_only", sql`${table.only}`)],
)

/** Ranges of partitions, the ends included. */
export type RecordedRanges = readonly (readonly [from: number, to: number])[]

/** The wipes and promotions of an epoch: recorded asset name → changed partitions. Only the newest epochs are retained. */
export const wipes = freshetSchema.table("wipes", {
  epoch: bigintColumn().primaryKey(),
  /** Distinguishes epochs of the same number in a ledger that was restored from a copy. */
  identity: uuid().notNull().defaultRandom(),
  partitions: jsonb().$type<Readonly<Record<string, RecordedRanges>>>().notNull(),
})

/** The numbers of static partitions: each declared key has a number, which stays when keys are added, reordered or removed. */
export const staticKeys = freshetSchema.table("static_keys", {
  id: serial().primaryKey(),
  key: text().notNull().unique(),
})

/**
 * The definitions of partitions: `daily UTC`. Each has a block of partition numbers, so that a materialization of a day
 * is never taken for one of a month.
 */
export const partitionDefinitions = freshetSchema.table("partition_definitions", {
  id: serial().primaryKey(),
  definition: text().notNull().unique(),
})

/** The assets that runs found declared, and the time of their removal. */
export const declaredAssets = freshetSchema.table("declared_assets", {
  name: text().primaryKey(),
  /** The start of the first run that found it declared, since its latest removal. */
  first_run_at: timestampColumn().notNull().defaultNow(),
  removed_at: timestampColumn(),
  /** The first definition of its partitions: the partition numbers of this definition have no block. Null if no run recorded it. */
  first_partitions: text(),
  /** The latest definition of its partitions, and the time of its last change. */
  partitions: text(),
  partitions_changed_at: timestampColumn(),
  /** Previous names that other assets have, and whose records were moved to this name. */
  followed_names: jsonb().$type<readonly string[]>().notNull().default([]),
})

/** The executions of plans. A run without an outcome is active, or was killed and is not yet closed. */
export const runs = freshetSchema.table(
  "runs",
  {
    id: text().primaryKey(),
    command: text().notNull(),
    kind: text({ enum: ["interactive", "schedule", "backfill"] })
      .notNull()
      .default("interactive"),
    /** While a run with a higher number executes steps, this one starts no further step. */
    priority: integer().notNull().default(0),
    steps: integer().notNull(),
    host: text().notNull(),
    pid: integer().notNull(),
    /** The worker that executes it; null in runs of earlier versions. */
    worker: integer(),
    started_at: timestampColumn().notNull().defaultNow(),
    ended_at: timestampColumn(),
    /** The next run records `killed` for a run whose process is gone. */
    outcome: text({ enum: ["succeeded", "failed", "interrupted", "killed"] }),
    /** Computation → planned partitions. */
    work: jsonb().$type<Readonly<Record<string, RecordedRanges>>>().notNull().default({}),
    /** Version of the code of the planned computations: a worker with other code does not assist. */
    code_version: text(),
    cancel_requested_at: timestampColumn(),
    /** The time from which it was to start; null if its process planned it at once. */
    requested_at: timestampColumn(),
  },
  (table) => [
    index().on(table.started_at),
    index("runs_open_index")
      .on(table.priority)
      .where(sql`${table.outcome} is null`),
  ],
)

/** The steps of runs: each is one partition of one computation, recorded at the end of its last attempt. */
export const steps = freshetSchema.table(
  "steps",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    run: text()
      .notNull()
      .references(() => runs.id),
    computation: text().notNull(),
    partition: integer().notNull(),
    input_version: text().notNull(),
    /** The fingerprint of its inputs; empty if unknown. */
    fingerprint: text().notNull(),
    outcome: text({
      enum: [
        "materialized",
        "reused",
        "unchanged",
        "checked",
        "checks_failed",
        "failed",
        "skipped",
      ],
    }).notNull(),
    /** The reason for a failure, failed checks or a skip. */
    message: text(),
    hint: text(),
    /** Keys of the rows that failed a check, retained for inspection. */
    failed_files: jsonb().$type<readonly string[]>(),
    reads: jsonb().$type<readonly RecordedRead[]>().notNull(),
    /** The copies of the landed files of its reads as landed; null without such reads. */
    landed_copies: jsonb().$type<readonly RecordedCopy[]>(),
    rows: bigintColumn().notNull(),
    bytes: bigintColumn().notNull(),
    started_at: timestampColumn().notNull(),
    ended_at: timestampColumn().notNull(),
  },
  (table) => [
    index().on(table.run),
    index().on(table.computation, table.partition, table.id),
    index("steps_failed_index")
      .on(table.computation, table.partition, table.id)
      .where(sql`${table.outcome} in ('failed', 'checks_failed')`),
    index("steps_materialized_index")
      .on(table.computation, table.id)
      .where(sql`${table.outcome} = 'materialized'`),
    index("steps_landed_copies_index")
      .on(table.id)
      .where(sql`${table.landed_copies} is not null`),
  ],
)

/** The attempts at steps that failed and are repeated. */
export const attempts = freshetSchema.table(
  "attempts",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    run: text()
      .notNull()
      .references(() => runs.id, { onDelete: "cascade" }),
    computation: text().notNull(),
    partition: integer().notNull(),
    /** The number of the attempt in the run, from 1. */
    attempt: integer().notNull(),
    message: text().notNull(),
    started_at: timestampColumn().notNull(),
    ended_at: timestampColumn().notNull(),
    /** The end of the pause before the next attempt. */
    next_attempt_at: timestampColumn().notNull(),
  },
  (table) => [index().on(table.run)],
)

/** The messages that the code of assets printed, bounded for each attempt. */
export const logLines = freshetSchema.table(
  "log_lines",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    run: text()
      .notNull()
      .references(() => runs.id, { onDelete: "cascade" }),
    /** The id of the step: `user_recs 2026-01-05`. */
    step: text().notNull(),
    attempt: integer().notNull(),
    level: text({ enum: ["debug", "info", "warn", "error"] }).notNull(),
    printed_at: timestampColumn().notNull(),
    text: text().notNull(),
  },
  (table) => [index().on(table.run, table.id), index().on(table.printed_at)],
)

/** The materializations of assets' partitions. The greatest `seq` of a partition is the newest. */
export const materializations = freshetSchema.table(
  "materializations",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    asset: text().notNull(),
    partition: integer().notNull(),
    code_version: text().notNull(),
    /** Hash of the text of the function that computed it; null for SQL. */
    code_text: text(),
    input_version: text().notNull(),
    /** The fingerprint of its inputs; empty if unknown, which equals no other. */
    fingerprint: text().notNull(),
    data_version: text().notNull(),
    file: text().notNull(),
    /** Checksum of the file's bytes; null until the file of an earlier version is read. */
    checksum: text(),
    /** Size, inode, modification and change time of the file that had this checksum: a change of the bytes changes one of them. */
    file_identity: text(),
    rows: bigintColumn().notNull(),
    bytes: bigintColumn().notNull(),
    duration_ms: bigintColumn().notNull(),
    recorded_at: timestampColumn().notNull(),
    check_version: text().notNull(),
    failed_errors: integer().notNull(),
    failed_warnings: integer().notNull(),
    /** The step that materialized it, with its reads. */
    step: bigintColumn()
      .notNull()
      .references(() => steps.id),
    /** The latest step that materialized, reused or checked it. */
    last_step: bigintColumn().notNull(),
    seq: bigserial({ mode: "number" }).notNull(),
    /** Another data version that the same inputs produced: the computation is not deterministic. */
    contradicted_version: text(),
  },
  (table) => [
    unique().on(table.asset, table.partition, table.input_version),
    uniqueIndex().on(table.asset, table.partition, table.seq),
    index().on(table.step),
    index().on(table.last_step),
  ],
)

/** The results of an asset's checks in one step. */
export const checkResults = freshetSchema.table(
  "check_results",
  {
    step: bigintColumn()
      .notNull()
      .references(() => steps.id, { onDelete: "cascade" }),
    asset: text().notNull(),
    name: text().notNull(),
    severity: text({ enum: ["error", "warn"] }).notNull(),
    passed: boolean().notNull(),
    failures: bigintColumn().notNull(),
    sample: jsonb().$type<readonly Readonly<Record<string, unknown>>[]>().notNull(),
  },
  (table) => [index().on(table.step)],
)

/** The lines of a source in one step: `lines` = `rows` + `quarantined`. */
export const lineCounts = freshetSchema.table(
  "line_counts",
  {
    step: bigintColumn()
      .notNull()
      .references(() => steps.id, { onDelete: "cascade" }),
    source: text().notNull(),
    lines: bigintColumn().notNull(),
    rows: bigintColumn().notNull(),
    quarantined: bigintColumn().notNull(),
    reasons: jsonb().$type<readonly { reason: string; lines: number }[]>().notNull(),
    file: text(),
  },
  (table) => [index().on(table.step)],
)

/** The change of one published table. */
export interface RecordedChange {
  readonly asset: string
  readonly table: string
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  readonly rows: number
}

/** The publications of sets of tables, each written by the transaction of its changes. */
export const publications = freshetSchema.table(
  "publications",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    set: text().notNull(),
    partition_key: text().notNull(),
    version: text().notNull(),
    run: text().notNull(),
    changes: jsonb().$type<readonly RecordedChange[]>().notNull(),
    /** Keys in the store of the published rows. */
    files: jsonb().$type<readonly string[]>().notNull().default([]),
    published_at: timestampColumn().notNull().defaultNow(),
  },
  (table) => [index().on(table.set, table.id)],
)

/** The content of published tables: the rows of these partitions, written by the transaction of the latest publication that changed them. */
export const publishedPartitions = freshetSchema.table(
  "published_partitions",
  {
    /** The table's name with its schema: `stocktwits.user_recs`. */
    table_name: text().notNull(),
    partition_key: text().notNull(),
    /** The publication set and the asset that published the rows. */
    set: text().notNull(),
    asset: text().notNull(),
    data_version: text().notNull(),
    /** Hash of the rows and their form. */
    content: text().notNull(),
    /** Key in the store of the rows. */
    file: text().notNull(),
    /** Checksum of the file when its rows were published; null if it was not computed. */
    checksum: text(),
    rows: bigintColumn().notNull(),
    published_at: timestampColumn().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.table_name, table.partition_key] })],
)

/** The transactions that wrote the rows of a published table. */
export const publishedTables = freshetSchema.table("published_tables", {
  table_name: text().primaryKey(),
  /** The `xmin` of the rows that publications wrote or compared. */
  writers: text().array().notNull(),
})

/** The alerts: one open row per key. Each is delivered at least once when it opens and once when it is resolved. */
export const alerts = freshetSchema.table(
  "alerts",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    /** The root cause. */
    key: text().notNull(),
    kind: text({ enum: ["tick_failed", "overdue"] }).notNull(),
    title: text().notNull(),
    detail: text().notNull(),
    opened_at: timestampColumn().notNull().defaultNow(),
    resolved_at: timestampColumn(),
    opened_sent_at: timestampColumn(),
    resolved_sent_at: timestampColumn(),
    /** Attempts at the present delivery. */
    attempts: integer().notNull().default(0),
    /** The earliest time of the next attempt; a claimed delivery is due again after a minute. */
    next_attempt_at: timestampColumn().notNull().defaultNow(),
    last_error: text(),
  },
  (table) => [
    uniqueIndex("alerts_open_key")
      .on(table.key)
      .where(sql`${table.resolved_at} is null`),
  ],
)
