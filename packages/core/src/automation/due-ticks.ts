import type { CronAutomation } from "../declare/automation.ts"
import type { Graph } from "../graph/graph.ts"
import { findReachable } from "../graph/lineage.ts"
import { unreachable } from "../problem.ts"
import { findLastTick, listCronTicks } from "./cron.ts"
import type { Schedule } from "./schedules.ts"

/** The state of a schedule in the ledger. */
export interface ScheduleState {
  /** The time of its first appearance, or of the last resumption: earlier instants of a cron expression are not due. */
  readonly sinceMs: number
  readonly isPaused: boolean
  readonly newestTick: NewestTick | undefined
}

/** The newest recorded tick of a schedule. */
export interface NewestTick {
  readonly tickMs: number
  readonly isEnded: boolean
  /** The version of the plan that caused a tick of `whenStale()`. */
  readonly planVersion: string | undefined
  /** The id of the newest arrival that the tick includes; 0 before the first. */
  readonly lastArrival: number
}

/** A settled change of one partition of a source. Later arrivals have greater ids. */
export interface Arrival {
  readonly id: number
  readonly source: string
  /** Key of the partition. */
  readonly partition: string
}

/** Source → keys of the partitions that arrived. */
export type ArrivedPartitions = Readonly<Record<string, readonly string[]>>

/** A tick to record. */
export interface DueTick {
  readonly schedule: string
  readonly tickMs: number
  readonly planVersion?: string
  readonly lastArrival?: number
  /** Absent in the first tick of a schedule, which materializes the newest partitions. */
  readonly arrived?: ArrivedPartitions
}

/** The facts by which ticks are due. */
export interface TickFacts {
  readonly graph: Graph
  readonly nowMs: number
  /** The arrivals since the newest tick of the schedule, ascending by id. */
  readonly arrivals: readonly Arrival[]
  /** The version of the plan that would materialize the schedule's newest partitions; undefined when it has no step. */
  readonly planVersion: string | undefined
}

/** The number of ticks that one look may find due; the next look finds the ones after. */
const mostTicks = 1000
/** The delay up to which a tick counts as noticed in time. */
const onTimeMs = 5 * 60_000

/** Lists the due ticks of a schedule, the oldest first. */
export function listDueTicks(
  { name, automation, assets }: Schedule,
  state: ScheduleState,
  facts: TickFacts,
): readonly DueTick[] {
  if (state.isPaused) return []
  switch (automation.kind) {
    case "cron":
      return listDueInstants(automation, state, facts.nowMs).map((tickMs) => ({
        schedule: name,
        tickMs,
      }))
    case "arrival":
      return listArrivalTicks({ name, assets }, state, facts)
    case "stale":
      return listStaleTicks(name, state, facts)
    default:
      return unreachable(automation)
  }
}

function listDueInstants(
  automation: CronAutomation,
  { sinceMs, newestTick }: ScheduleState,
  nowMs: number,
): readonly number[] {
  const afterMs = Math.max(sinceMs, newestTick?.tickMs ?? -Infinity)
  if (automation.catchUp === "all")
    return listCronTicks(automation, { afterMs, untilMs: nowMs, limit: mostTicks })
  const earliestMs = automation.catchUp === "none" ? nowMs - onTimeMs : -Infinity
  const tickMs = findLastTick(automation, {
    afterMs: Math.max(afterMs, earliestMs),
    untilMs: nowMs,
  })
  return tickMs === undefined ? [] : [tickMs]
}

function listArrivalTicks(
  { name, assets }: Pick<Schedule, "name" | "assets">,
  { newestTick }: ScheduleState,
  { graph, nowMs, arrivals }: TickFacts,
): readonly DueTick[] {
  const sources = new Set(assets.flatMap((asset) => [...findReachable(graph, asset, "upstream")]))
  const newArrivals = arrivals.filter(({ source }) => sources.has(source))
  const lastArrival = newArrivals.at(-1)?.id
  if (lastArrival === undefined || newestTick?.isEnded === false) return []
  const tick = { schedule: name, tickMs: nowMs, lastArrival }
  return [newestTick === undefined ? tick : { ...tick, arrived: groupArrivals(newArrivals) }]
}

function groupArrivals(arrivals: readonly Arrival[]): ArrivedPartitions {
  const keys = new Map<string, Set<string>>()
  for (const { source, partition } of arrivals)
    keys.set(source, (keys.get(source) ?? new Set()).add(partition))
  return Object.fromEntries([...keys].map(([source, partitions]) => [source, [...partitions]]))
}

/** A plan that a tick has already tried is not due again: it failed or was cancelled. */
function listStaleTicks(
  schedule: string,
  { newestTick }: ScheduleState,
  { nowMs, planVersion }: TickFacts,
): readonly DueTick[] {
  if (planVersion === undefined || newestTick?.isEnded === false) return []
  if (planVersion === newestTick?.planVersion) return []
  return [{ schedule, tickMs: nowMs, planVersion }]
}
