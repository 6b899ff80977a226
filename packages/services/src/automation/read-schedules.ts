import {
  explainIdleSchedule,
  findNextTick,
  formatAutomation,
  type IdleReason,
  type Schedule,
  type ScheduleState,
} from "@freshet/core/engine"
import {
  type LedgerClient,
  readLatestTicks,
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
import { readNewArrivals, selectTickFacts } from "./due-ticks.ts"
import { computePlanVersions } from "./plan-versions.ts"
import { listProjectSchedules, type ProjectSchedules } from "./project-schedules.ts"

const listedTicks = 20

/** Lists the declared schedules with their next and their latest ticks, and the reasons why they run nothing. */
export async function readSchedules(services: Services): Promise<ScheduleListDocument> {
  const declared = listProjectSchedules(services.config)
  const planVersions = await readPlanVersions(services, declared.schedules)
  return services.withLedger((client) => readDocument(client, declared, planVersions))
}

/** Evaluates the project only for automation by staleness. */
async function readPlanVersions(
  services: Services,
  schedules: readonly Schedule[],
): Promise<ReadonlyMap<string, string>> {
  const staleSchedules = schedules.filter(({ automation }) => automation.kind === "stale")
  if (staleSchedules.length === 0) return new Map()
  return services.withProject({}, async (project) => computePlanVersions(project, staleSchedules))
}

async function readDocument(
  client: LedgerClient,
  { graph, schedules }: ProjectSchedules,
  planVersions: ReadonlyMap<string, string>,
): Promise<ScheduleListDocument> {
  const names = schedules.map(({ name }) => name)
  await registerSchedules(client, names)
  const { nowMs, states } = await readScheduleStates(client, names)
  const arrivals = await readNewArrivals(client, schedules, { nowMs, states })
  const ticks = await readLatestTicks(client, names, listedTicks)
  const facts = { graph, arrivals, planVersions, nowMs }
  return {
    now: toIsoTime(nowMs),
    schedules: schedules.map((schedule) => {
      const state = states.get(schedule.name) ?? { ...noState, sinceMs: nowMs }
      const tickFacts = selectTickFacts(schedule, state, facts)
      const idleReason = explainIdleSchedule(schedule, state, tickFacts)
      return toScheduleDocument(schedule, {
        nowMs,
        isPaused: state.isPaused,
        idleReason,
        ticks: ticks.get(schedule.name) ?? [],
      })
    }),
  }
}

const noState: Omit<ScheduleState, "sinceMs"> = { isPaused: false, newestTick: undefined }

interface ScheduleFacts {
  readonly nowMs: number
  readonly isPaused: boolean
  readonly idleReason: IdleReason
  readonly ticks: readonly RecordedTick[]
}

function toScheduleDocument(
  { name, automation, assets }: Schedule,
  { nowMs, isPaused, idleReason: { kind, message, hint }, ticks }: ScheduleFacts,
): ScheduleDocument {
  const hasInstants = automation.kind === "cron" && !isPaused
  const nextMs = hasInstants ? findNextTick(automation, nowMs) : undefined
  const tickDocuments = ticks.map(toTickDocument)
  return {
    name,
    kind: automation.kind,
    automation: formatAutomation(automation),
    assets,
    paused: isPaused,
    next_tick_at: nextMs === undefined ? null : toIsoTime(nextMs),
    latest_tick: tickDocuments[0] ?? null,
    ticks: tickDocuments,
    idle_reason: { kind, message, hint: hint ?? null },
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
