import { beforeEach, expect, test } from "vitest"

import { type ExpiredRecords, expireRecords } from "../../src/ledger/retention.ts"
import { buildMaterialization, buildStep, openLedgerDatabase, withRun } from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()

const dayMs = 86_400_000
const nowMs = 400 * dayMs
const expiry = { logsMs: nowMs - 30 * dayMs, historyMs: nowMs - 90 * dayMs }
const nothing: ExpiredRecords = {
  log_lines: 0,
  attempts: 0,
  publications: 0,
  ticks: 0,
  requests: 0,
  arrivals: 0,
  alerts: 0,
  workers: 0,
  steps: 0,
  runs: 0,
}

beforeEach(async () => {
  await client()
    .query(`truncate freshet.runs, freshet.steps, freshet.materializations, freshet.ticks,
    freshet.arrivals, freshet.alerts, freshet.publications, freshet.workers, freshet.requests cascade`)
})

/** Expires records after a count, which must agree. */
async function expire(): Promise<ExpiredRecords> {
  const counts = await expireRecords(client(), expiry, { dryRun: true })
  expect(await expireRecords(client(), expiry, { dryRun: false })).toEqual(counts)
  expect(await expireRecords(client(), expiry, { dryRun: false })).toEqual(nothing)
  return counts
}

/** Records steps of one run that ended on a day: their partition, outcome and, if they materialized, input version. */
async function recordSteps(
  run: string,
  day: number,
  ...steps: readonly (readonly [
    partition: number,
    outcome: "materialized" | "failed" | "unchanged",
  ])[]
): Promise<void> {
  await withRun(url(), run, async ({ ledger }) => {
    for (const [partition, kind] of steps) {
      const materializations =
        kind === "materialized"
          ? [
              buildMaterialization({
                partition,
                inputVersion: run,
                dataVersion: run,
                file: `${run}/${partition}`,
              }),
            ]
          : []
      const outcome = kind === "failed" ? { kind, message: "no", hint: undefined } : { kind }
      const times = { startedMs: day * dayMs, endedMs: day * dayMs }
      const names = { computation: "recs", inputVersion: run }
      await ledger.recordStep(
        buildStep(run, { materializations, partition, outcome, ...names, ...times }),
      )
    }
    await ledger.endRun({ id: run, outcome: "succeeded" })
  })
  await client().query("update freshet.runs set ended_at = to_timestamp($2) where id = $1", [
    run,
    day * 86_400,
  ])
}

async function listSteps(): Promise<readonly string[]> {
  const { rows } = await client().query<{ step: string }>(
    "select concat_ws(' ', run, partition, outcome) as step from freshet.steps order by id",
  )
  return rows.map(({ step }) => step)
}

test("steps of retained materializations, the newest success, failure and step of a partition stay", async () => {
  await recordSteps("a", 1, [1, "failed"], [2, "materialized"], [3, "failed"])
  await recordSteps("b", 2, [1, "failed"], [2, "unchanged"], [3, "unchanged"])
  await recordSteps("c", 3, [1, "materialized"], [2, "unchanged"], [3, "unchanged"])
  await recordSteps("d", 4, [1, "unchanged"], [2, "unchanged"], [3, "unchanged"])
  expect(await expire()).toEqual({ ...nothing, steps: 5 })
  expect(await listSteps()).toEqual([
    "a 2 materialized",
    "a 3 failed",
    "b 1 failed",
    "c 1 materialized",
    "d 1 unchanged",
    "d 2 unchanged",
    "d 3 unchanged",
  ])
})

test("a run expires with its last step, unless it is young or open", async () => {
  await recordSteps("a", 1, [1, "unchanged"])
  await recordSteps("b", 1, [1, "unchanged"])
  await recordSteps("c", 399, [1, "unchanged"])
  await client().query("update freshet.runs set outcome = null, ended_at = null where id = 'b'")
  expect(await expire()).toEqual({ ...nothing, steps: 1, runs: 1 })
  expect(await listSteps()).toEqual(["b 1 unchanged", "c 1 unchanged"])
})

test("the newest twenty steps that materialized stay, since they predict the cost", async () => {
  for (let partition = 1; partition <= 25; partition += 1)
    await recordSteps(`run ${partition}`, 1, [partition, "materialized"])
  await client().query("delete from freshet.materializations")
  await recordSteps(
    "later",
    2,
    ...Array.from({ length: 25 }, (_, at) => [at + 1, "failed"] as const),
  )
  await recordSteps(
    "last",
    3,
    ...Array.from({ length: 25 }, (_, at) => [at + 1, "materialized"] as const),
  )
  await expire()
  const steps = await listSteps()
  expect(steps.filter((step) => step.startsWith("run "))).toEqual([])
  expect(steps).toHaveLength(50)
})

test("the newest publication, tick and arrival stay, and open records too", async () => {
  await client().query(`
    insert into freshet.publications (set, partition_key, version, run, changes, published_at) values
      ('s', 'a', '1', 'r', '[]', to_timestamp(86400)), ('s', 'a', '2', 'r', '[]', to_timestamp(86400)),
      ('t', 'a', '1', 'r', '[]', to_timestamp(86400));
    insert into freshet.ticks (schedule, tick_at, ended_at) values
      ('a', to_timestamp(1), to_timestamp(2)), ('a', to_timestamp(3), to_timestamp(4)),
      ('b', to_timestamp(1), null), ('b', to_timestamp(3), null);
    insert into freshet.arrivals (source, partition, version, settled_at) values
      ('a', '1', 'x', to_timestamp(1)), ('a', '1', 'y', to_timestamp(2)), ('a', '2', 'x', to_timestamp(1));
    insert into freshet.alerts (key, kind, title, detail, resolved_at) values
      ('a', 'overdue', '', '', to_timestamp(1)), ('b', 'overdue', '', '', null);
    insert into freshet.workers (run, host, pid, lease_until, ended_at) values
      ('r', 'h', 1, now(), to_timestamp(1)), ('r', 'h', 2, now(), null);
    insert into freshet.requests (command, target, requested_at, ended_at) values
      ('c', '{}', to_timestamp(1), to_timestamp(2)), ('c', '{}', to_timestamp(1), null)`)
  expect(await expire()).toEqual({
    ...nothing,
    publications: 1,
    ticks: 1,
    requests: 1,
    arrivals: 1,
    alerts: 1,
    workers: 1,
  })
})

test("a table of many batches is expired to the end, and an abort ends after a batch", async () => {
  await client().query(`
    insert into freshet.alerts (key, kind, title, detail, resolved_at)
    select n::text, 'overdue', '', '', to_timestamp(1) from generate_series(1, 12000) as n`)
  const stopped = AbortSignal.abort()
  expect(await expireRecords(client(), expiry, { dryRun: false, signal: stopped })).toEqual(nothing)
  expect(await expire()).toEqual({ ...nothing, alerts: 12_000 })
})

/** Table → what bounds its rows. */
const bounds: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(nothing).map((table) => [table, "expiry"])),
  check_results: "deleted with its row of steps",
  line_counts: "deleted with its row of steps",
  materializations: "gc, by the retention of assets",
  wipes: "the newest ones, which state files read",
  published_tables: "declared tables",
  published_partitions: "partitions in published tables",
  source_files: "files in the landing zone",
  query_texts: "declared queries",
  claims: "steps under way",
  environments: "environments",
  schedules: "declared schedules",
  declared_assets: "names of assets",
  partition_definitions: "definitions of partitions",
  static_keys: "keys of static partitions",
  migrations: "migrations of Freshet",
  identity: "one row",
}

test("each table of the ledger is bounded: a new one names what bounds it", async () => {
  const { rows: tables } = await client().query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'freshet'",
  )
  const names = tables.map(({ name }) => name)
  expect(names.toSorted()).toEqual(Object.keys(bounds).toSorted())
  const { rows: cascades } = await client().query<{ child: string; parent: string }>(
    `select child.relname as child, parent.relname as parent from pg_constraint
       join pg_class as child on child.oid = conrelid join pg_class as parent on parent.oid = confrelid
     where contype = 'f' and confdeltype = 'c'`,
  )
  const deletedWith = Object.entries(bounds).flatMap(([table, bound]) => {
    const [, parent] = /^deleted with its row of (.*)$/.exec(bound) ?? []
    return parent === undefined ? [] : [{ child: table, parent }]
  })
  expect(cascades).toEqual(expect.arrayContaining(deletedWith))
})
