import { sql } from "drizzle-orm"
import {
  bigint,
  bigserial,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  serial,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core"

/** The Postgres schema of Freshet's own records. */
export const freshetSchema = pgSchema("freshet")

const timestampColumn = () => timestamp({ withTimezone: true })
const bigintColumn = () => bigint({ mode: "number" })

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

/** The wipes of an epoch: recorded asset name → wiped partitions. Only the newest epochs are retained. */
export const wipes = freshetSchema.table("wipes", {
  epoch: bigintColumn().primaryKey(),
  /** Distinguishes epochs of the same number in a ledger that was restored from a copy. */
  identity: uuid().notNull().defaultRandom(),
  partitions: jsonb().$type<Readonly<Record<string, RecordedRanges>>>().notNull(),
})

/** A number for every key of a static partition that was ever declared: it stays when keys are added, reordered or removed. */
export const staticKeys = freshetSchema.table("static_keys", {
  id: serial().primaryKey(),
  key: text().notNull().unique(),
})

/** The assets that runs have seen declared, and since when they have not been any more. */
export const declaredAssets = freshetSchema.table("declared_assets", {
  name: text().primaryKey(),
  removed_at: timestampColumn(),
})

/** One execution of one plan. No outcome: under way, or killed and not yet noticed. */
export const runs = freshetSchema.table(
  "runs",
  {
    id: text().primaryKey(),
    command: text().notNull(),
    steps: integer().notNull(),
    host: text().notNull(),
    pid: integer().notNull(),
    started_at: timestampColumn().notNull().defaultNow(),
    ended_at: timestampColumn(),
    /** `killed` is said by the next run, once it notices. */
    outcome: text({ enum: ["succeeded", "failed", "interrupted", "killed"] }),
    /** Computation → the partitions that it meant to make. */
    work: jsonb().$type<Readonly<Record<string, RecordedRanges>>>().notNull().default({}),
    cancel_requested_at: timestampColumn(),
  },
  (table) => [index().on(table.started_at)],
)

/** The versions of one read's window: relation, asset, whether the window was short, partition → data version. */
export type RecordedRead = readonly [
  relation: string,
  asset: string,
  short: boolean,
  versions: readonly (readonly [partition: number, version: string])[],
]

/** One attempt of a run at one partition of one computation, recorded when it ended. */
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
    /** Of what it was made from, or would have been; empty when that was not known. */
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
    /** Why it failed, was refused or was skipped. */
    message: text(),
    hint: text(),
    /** Keys of the rows that failed a check, retained for inspection. */
    failed_files: jsonb().$type<readonly string[]>(),
    reads: jsonb().$type<readonly RecordedRead[]>().notNull(),
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
  ],
)

/** That one partition of one asset was made. The greatest `seq` of an asset's partition is its newest materialization. */
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
    /** Of what it was made from; empty when that is not known, which nothing equals. */
    fingerprint: text().notNull(),
    data_version: text().notNull(),
    file: text().notNull(),
    rows: bigintColumn().notNull(),
    bytes: bigintColumn().notNull(),
    duration_ms: bigintColumn().notNull(),
    recorded_at: timestampColumn().notNull(),
    check_version: text().notNull(),
    failed_errors: integer().notNull(),
    failed_warnings: integer().notNull(),
    /** The step that made it, which knows what was read. */
    step: bigintColumn()
      .notNull()
      .references(() => steps.id),
    /** The step that made it, counted it again or checked it last. */
    last_step: bigintColumn().notNull(),
    seq: bigserial({ mode: "number" }).notNull(),
    /** Other content that the same inputs once gave: such a computation is not deterministic. */
    contradicted_version: text(),
  },
  (table) => [
    unique().on(table.asset, table.partition, table.input_version),
    uniqueIndex().on(table.asset, table.partition, table.seq),
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
  /** Hash of the rows that it shows since, and of their form. */
  readonly content?: string
}

/** That a set of tables was changed as a whole; written by the same transaction. The greatest `id` of a set is what it shows. */
export const publications = freshetSchema.table(
  "publications",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    set: text().notNull(),
    partition: integer().notNull(),
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

/** Content hashes of landed files, so that an unchanged file is not read twice. A cache: it may be emptied at any time. */
export const sourceFiles = freshetSchema.table("source_files", {
  path: text().primaryKey(),
  bytes: bigintColumn().notNull(),
  /** Inode, modification and change time in nanoseconds: any of them moves when the content does. */
  identity: text().notNull(),
  hash: text().notNull(),
  /** The first line of a CSV file. */
  header: text(),
})

/** Hash of a query's text → hash of the query as an engine parses it. A cache: it may be emptied at any time. */
export const queryTexts = freshetSchema.table(
  "query_texts",
  {
    text_hash: text().notNull(),
    engine_version: text().notNull(),
    parsed_hash: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.text_hash, table.engine_version] })],
)
