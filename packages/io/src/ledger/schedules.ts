import type { ScheduleState } from "@freshet/core/engine"
import type { Client } from "pg"

import { toWholeMilliseconds } from "./milliseconds-sql.ts"

/** The states of schedules at one instant of the database's clock. */
export interface ScheduleStates {
  readonly nowMs: number
  readonly states: ReadonlyMap<string, ScheduleState>
}

/** Records schedules that appear the first time. */
export async function registerSchedules(client: Client, names: readonly string[]): Promise<void> {
  await client.query(
    "insert into freshet.schedules (name) select unnest($1::text[]) order by 1 on conflict do nothing",
    [names],
  )
}

interface StateRow {
  readonly name: string
  readonly since: number
  readonly paused: boolean
  readonly tick: number | null
  readonly ended: boolean | null
  readonly version: string | null
  readonly arrival: string | null
}

/** Reads the states of registered schedules. With `lock` they stay as they are until the transaction ends. */
export async function readScheduleStates(
  client: Client,
  names: readonly string[],
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<ScheduleStates> {
  if (lock) await lockSchedules(client, names)
  const nowMs = await readClock(client)
  const { rows } = await client.query<StateRow>(
    `select name, ${toWholeMilliseconds("since_at")} as since, paused_at is not null as paused,
       ${toWholeMilliseconds("tick_at")} as tick, ended_at is not null as ended,
       plan_version as version, last_arrival as arrival
     from freshet.schedules left join lateral (
       select * from freshet.ticks where schedule = name order by tick_at desc limit 1
     ) newest on true
     where name = any($1)`,
    [names],
  )
  return { nowMs, states: new Map(rows.map((row) => [row.name, toState(row)])) }
}

async function lockSchedules(client: Client, names: readonly string[]): Promise<void> {
  const text = "select from freshet.schedules where name = any($1) order by name for update"
  await client.query(text, [names])
}

/** Reads the database's clock, in milliseconds. Within a transaction it goes on. */
async function readClock(client: Client): Promise<number> {
  const { rows } = await client.query<{ now: number }>(
    `select ${toWholeMilliseconds("clock_timestamp()")} as now`,
  )
  return rows[0]?.now ?? 0
}

function toState({ since, paused, tick, ended, version, arrival }: StateRow): ScheduleState {
  const newestTick =
    tick === null
      ? undefined
      : {
          tickMs: tick,
          isEnded: ended === true,
          planVersion: version ?? undefined,
          lastArrival: Number(arrival),
        }
  return { sinceMs: since, isPaused: paused, newestTick }
}

/** Pauses or resumes a registered schedule. After a resumption the instants of the pause are not due. */
export async function setSchedulePaused(
  client: Client,
  name: string,
  isPaused: boolean,
): Promise<void> {
  const changes = isPaused
    ? "paused_at = coalesce(paused_at, now())"
    : "since_at = case when paused_at is null then since_at else now() end, paused_at = null"
  await client.query(`update freshet.schedules set ${changes} where name = $1`, [name])
}
