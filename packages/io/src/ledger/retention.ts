import type { Client } from "pg"

/** The kinds of records that expire. */
export type RecordKind =
  | "log_lines"
  | "attempts"
  | "steps"
  | "runs"
  | "publications"
  | "ticks"
  | "requests"
  | "arrivals"
  | "alerts"
  | "workers"

/** The times before which the lines of logs and the records of history have expired. */
export interface RecordExpiry {
  readonly logsMs: number
  readonly historyMs: number
}

/** Kind → number of expired records. */
export type ExpiredRecords = Readonly<Record<RecordKind, number>>

/** Says which records of a table expire. */
interface RetentionRule {
  /** Column with the end of a record; a record without an end does not expire. */
  readonly endColumn: string
  readonly expiry: keyof RecordExpiry
  /** The first value below all ids. */
  readonly firstId: string
  /** Builds an SQL condition: the record of this name is needed at any age. */
  readonly buildNeed: (record: string) => string
}

const good = "('materialized', 'reused')"
const bad = "('failed', 'checks_failed')"

/** SQL: tests if the computation has a later step of the partition that satisfies a condition. */
const hasLaterStep = (record: string, condition = "true") => `exists (
  select from freshet.steps as later
  where later.computation = ${record}.computation and later.partition = ${record}.partition
    and later.id > ${record}.id and ${condition}
)`

/** The number of steps from which the cost of a computation is predicted. */
const predictionSteps = 20

/**
 * SQL: tests if a step is needed. Needed are the steps of retained materializations, with the inputs of their rows; of
 * each partition the newest step, the newest success, the newest failure, and the newest lines of each source; and of
 * each computation the steps that predict its cost.
 */
const buildStepNeed = (step: string) => `(
  exists (select from freshet.materializations as m where m.step = ${step}.id)
  or exists (select from freshet.materializations as m where m.last_step = ${step}.id)
  or not ${hasLaterStep(step)}
  or ${step}.outcome in ${good} and not ${hasLaterStep(step, `later.outcome in ${good}`)}
  or ${step}.outcome in ${bad} and not ${hasLaterStep(step, `later.outcome in ${bad}`)}
  or exists (
    select from freshet.line_counts as counts
    where counts.step = ${step}.id and not ${hasLaterStep(
      step,
      `exists (
        select from freshet.line_counts as others
        where others.step = later.id and others.source = counts.source
      )`,
    )}
  )
  or ${step}.outcome = 'materialized' and (
    select count(*) from (
      select from freshet.steps as later
      where later.computation = ${step}.computation and later.id > ${step}.id
        and later.outcome = 'materialized'
      limit ${predictionSteps}
    ) as newer
  ) < ${predictionSteps}
  or ${step}.id = (select max(id) from freshet.steps)
  or exists (select from freshet.runs as run where run.id = ${step}.run and run.outcome is null)
)`

/** SQL: tests if a newer record has the same values in some columns. */
const hasNewer = (table: string, record: string, columns: readonly string[], order: string) =>
  `exists (
    select from freshet.${table} as newer
    where ${columns.map((column) => `newer.${column} = ${record}.${column}`).join(" and ")}
      and newer.${order} > ${record}.${order}
  )`

const notNeeded = () => "false"

/** In the order of deletion: records that refer to others come first. */
const rules: Readonly<Record<RecordKind, RetentionRule>> = {
  log_lines: { endColumn: "printed_at", expiry: "logsMs", firstId: "0", buildNeed: notNeeded },
  attempts: { endColumn: "ended_at", expiry: "logsMs", firstId: "0", buildNeed: notNeeded },
  publications: {
    endColumn: "published_at",
    expiry: "historyMs",
    firstId: "0",
    buildNeed: (record) => `not ${hasNewer("publications", record, ["set"], "id")}`,
  },
  ticks: {
    endColumn: "ended_at",
    expiry: "historyMs",
    firstId: "0",
    buildNeed: (record) => `not ${hasNewer("ticks", record, ["schedule"], "tick_at")}`,
  },
  requests: { endColumn: "ended_at", expiry: "historyMs", firstId: "0", buildNeed: notNeeded },
  arrivals: {
    endColumn: "settled_at",
    expiry: "historyMs",
    firstId: "0",
    buildNeed: (record) => `not ${hasNewer("arrivals", record, ["source", "partition"], "id")}`,
  },
  alerts: { endColumn: "resolved_at", expiry: "historyMs", firstId: "0", buildNeed: notNeeded },
  workers: { endColumn: "ended_at", expiry: "historyMs", firstId: "0", buildNeed: notNeeded },
  steps: { endColumn: "ended_at", expiry: "historyMs", firstId: "0", buildNeed: buildStepNeed },
  runs: {
    endColumn: "ended_at",
    expiry: "historyMs",
    firstId: "",
    buildNeed: (record) =>
      (["steps", "ticks", "requests", "publications"] as const)
        .map(
          (kind) => `exists (
            select from freshet.${kind} as part
            where part.run = ${record}.id and not ${buildExpired(kind, "part")}
          )`,
        )
        .join(" or "),
  },
}

/** SQL: tests if a record has expired and is not needed. */
function buildExpired(kind: RecordKind, record: string): string {
  const { endColumn, buildNeed } = rules[kind]
  return `(coalesce(${record}.${endColumn} < to_timestamp($2::float8 / 1000), false) and not (${buildNeed(record)}))`
}

/** The number of records that one statement looks at. */
const batchRecords = 5000

/** Builds a statement over the next batch of a table: the records after the id $1 that ended before $2. */
function buildBatchStatement(kind: RecordKind, deletes: boolean): string {
  const { endColumn } = rules[kind]
  const expired = deletes
    ? `delete from freshet.${kind} as record using batch
       where record.id = batch.id and ${buildExpired(kind, "record")} returning 1`
    : `select from freshet.${kind} as record join batch on record.id = batch.id
       where ${buildExpired(kind, "record")}`
  return `
    with batch as materialized (
      select id from freshet.${kind}
      where id > $1 and ${endColumn} < to_timestamp($2::float8 / 1000)
      order by id limit ${batchRecords}
    ), expired as (${expired})
    select (select max(id)::text from batch) as last, (select count(*)::integer from expired) as count`
}

/** Decides what happens to expired records. */
export interface ExpiryOptions {
  /** Counts them only. */
  readonly dryRun: boolean
  /** Aborted when no further batch may start. */
  readonly signal?: AbortSignal
}

/**
 * Deletes the records that have expired and that nothing needs, batch by batch, each in a transaction of its own. Runs may
 * be under way: no record comes to need an expired one.
 */
export async function expireRecords(
  client: Client,
  expiry: RecordExpiry,
  options: ExpiryOptions,
): Promise<ExpiredRecords> {
  const counts: [RecordKind, number][] = []
  for (const kind of Object.keys(rules) as RecordKind[])
    // the keys of the object
    counts.push([kind, await expireKind(client, kind, expiry[rules[kind].expiry], options)])
  return Object.fromEntries(counts) as ExpiredRecords // an entry for each kind
}

async function expireKind(
  client: Client,
  kind: RecordKind,
  beforeMs: number,
  { dryRun, signal }: ExpiryOptions,
): Promise<number> {
  const statement = buildBatchStatement(kind, !dryRun)
  let total = 0
  let last: string | null = rules[kind].firstId
  const isStopped = () => signal?.aborted === true
  while (last !== null && !isStopped()) {
    const { rows }: { rows: { last: string | null; count: number }[] } = await client.query(
      statement,
      [last, beforeMs],
    )
    last = rows[0]?.last ?? null
    total += rows[0]?.count ?? 0
  }
  return total
}
