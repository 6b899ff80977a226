import { type ArrivedPartitions, type DueTick, groupBy } from "@freshet/core/engine"
import type { Client } from "pg"

import { toWholeMilliseconds } from "./milliseconds-sql.ts"
import type { WorkOutcome } from "./queued-work.ts"
import { readScheduleStates, type ScheduleStates } from "./schedules.ts"
import { withTransaction } from "./transaction.ts"
import { buildLivenessTest } from "./workers.ts"

/** A tick in the ledger, with its latest run. */
export interface RecordedTick {
  readonly id: number
  readonly schedule: string
  readonly tickMs: number
  /** Undefined: the newest partitions. */
  readonly arrived: ArrivedPartitions | undefined
  readonly run: string | undefined
  /** Undefined until the tick has ended. */
  readonly outcome: WorkOutcome | undefined
  readonly message: string | undefined
  /** True while its run is recorded as under way; the run may have been killed. */
  readonly hasOpenRun: boolean
  /** True while a process that lives executes it. */
  readonly isTaken: boolean
}

/** Records ticks that `findDue` finds in the current state of some registered schedules. Of concurrent calls, one records a tick. Returns the ids of its ticks. */
export function recordTicks(
  client: Client,
  schedules: readonly string[],
  findDue: (states: ScheduleStates) => readonly DueTick[],
): Promise<readonly number[]> {
  return withTransaction(client, async () => {
    const states = await readScheduleStates(client, schedules, { lock: true })
    const ids: number[] = []
    for (const tick of findDue(states)) ids.push(...(await insertTick(client, tick)))
    return ids
  })
}

async function insertTick(client: Client, tick: DueTick): Promise<readonly number[]> {
  const { schedule, tickMs, planVersion, lastArrival, arrived } = tick
  const { rows } = await client.query<{ id: string }>(
    `insert into freshet.ticks (schedule, tick_at, plan_version, last_arrival, arrived)
     values ($1, to_timestamp($2::float8 / 1000), $3, $4, $5)
     on conflict do nothing returning id`,
    [
      schedule,
      tickMs,
      planVersion ?? null,
      lastArrival ?? 0,
      arrived === undefined ? null : JSON.stringify(arrived),
    ],
  )
  return rows.map(({ id }) => Number(id))
}

interface TickRow {
  readonly id: string
  readonly schedule: string
  readonly tick: number
  readonly arrived: ArrivedPartitions | null
  readonly run: string | null
  readonly outcome: WorkOutcome | null
  readonly message: string | null
  readonly open: boolean
  readonly taken: boolean
}

const selectTicks = `
  select id, schedule, ${toWholeMilliseconds("tick_at")} as tick, arrived, run, outcome, message,
    exists (select from freshet.runs where runs.id = run and runs.outcome is null) as open,
    ended_at is null and exists (
      select from freshet.claims
      where kind = 'tick' and name = ticks.id::text and ${buildLivenessTest("claims.worker")}
    ) as taken
  from freshet.ticks`

/** Reads the ticks that have not ended, the oldest first. */
export async function readOpenTicks(client: Client): Promise<readonly RecordedTick[]> {
  const { rows } = await client.query<TickRow>(
    `${selectTicks} where ended_at is null order by tick_at, id`,
  )
  return rows.map(toTick)
}

/** Reads the newest tick of each schedule. */
export async function readNewestTicks(client: Client): Promise<ReadonlyMap<string, RecordedTick>> {
  const { rows } = await client.query<TickRow>(
    `${selectTicks} where (schedule, tick_at) in (
       select schedule, max(tick_at) from freshet.ticks group by schedule
     )`,
  )
  return new Map(rows.map((row) => [row.schedule, toTick(row)]))
}

/** Reads the latest ticks of some schedules, the newest first. */
export async function readLatestTicks(
  client: Client,
  schedules: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, readonly RecordedTick[]>> {
  const { rows } = await client.query<TickRow>(
    `select latest.* from unnest($1::text[]) as listed (name) cross join lateral (
       ${selectTicks} where schedule = listed.name order by tick_at desc limit $2
     ) as latest`,
    [schedules, limit],
  )
  return groupBy(rows.map(toTick), ({ schedule }) => schedule)
}

/** Finds a tick by its schedule and instant. */
export async function findTick(
  client: Client,
  { schedule, tickMs }: Pick<DueTick, "schedule" | "tickMs">,
): Promise<RecordedTick | undefined> {
  const { rows } = await client.query<TickRow>(
    `${selectTicks} where schedule = $1 and tick_at = to_timestamp($2::float8 / 1000)`,
    [schedule, tickMs],
  )
  return rows.map(toTick)[0]
}

function toTick({ id, schedule, tick, open, taken: isTaken, ...row }: TickRow): RecordedTick {
  return {
    id: Number(id),
    schedule,
    tickMs: tick,
    arrived: row.arrived ?? undefined,
    run: row.run ?? undefined,
    outcome: row.outcome ?? undefined,
    message: row.message ?? undefined,
    hasOpenRun: open,
    isTaken,
  }
}
