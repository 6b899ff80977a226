import {
  findNextTick,
  formatAutomation,
  type Schedule,
  type ScheduleState,
} from "@freshet/core/engine"
import {
  readNewestTicks,
  readScheduleStates,
  type RecordedTick,
  registerSchedules,
} from "@freshet/io"

import type {
  ScheduleDocument,
  ScheduleListDocument,
  TickDocument,
} from "../documents/schedules.ts"
import { toIsoTime } from "../iso-time.ts"
import type { Services } from "../services.ts"
import { listProjectSchedules } from "./project-schedules.ts"

/** Lists the declared schedules with their next and their latest tick. */
export async function readSchedules(services: Services): Promise<ScheduleListDocument> {
  const { schedules } = listProjectSchedules(services.config)
  const names = schedules.map(({ name }) => name)
  return services.withLedger(async (client) => {
    await registerSchedules(client, names)
    const { nowMs, states } = await readScheduleStates(client, names)
    const ticks = await readNewestTicks(client)
    return {
      now: toIsoTime(nowMs),
      schedules: schedules.map((schedule) =>
        toScheduleDocument(schedule, {
          nowMs,
          state: states.get(schedule.name),
          tick: ticks.get(schedule.name),
        }),
      ),
    }
  })
}

function toScheduleDocument(
  { name, automation, assets }: Schedule,
  {
    nowMs,
    state,
    tick,
  }: {
    readonly nowMs: number
    readonly state: ScheduleState | undefined
    readonly tick: RecordedTick | undefined
  },
): ScheduleDocument {
  const paused = state?.isPaused ?? false
  const nextMs = automation.kind === "cron" && !paused ? findNextTick(automation, nowMs) : undefined
  return {
    name,
    kind: automation.kind,
    automation: formatAutomation(automation),
    assets,
    paused,
    next_tick_at: nextMs === undefined ? null : toIsoTime(nextMs),
    latest_tick: tick === undefined ? null : toTickDocument(tick),
  }
}

/** Converts a tick. */
export function toTickDocument(tick: RecordedTick): TickDocument {
  return {
    schedule: tick.schedule,
    tick_at: toIsoTime(tick.tickMs),
    state: tick.outcome ?? (tick.hasOpenRun ? "running" : "queued"),
    run: tick.run ?? null,
    message: tick.message ?? null,
  }
}
