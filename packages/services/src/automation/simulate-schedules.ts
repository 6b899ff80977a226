import type { Partitions } from "@freshet/core"
import {
  formatPartitionKey,
  getNewestClosed,
  type Graph,
  isTimed,
  listCronTicks,
  type Schedule,
} from "@freshet/core/engine"

import type { SimulationDocument } from "../documents/schedules.ts"
import { toIsoTime } from "../iso-time.ts"
import type { Services } from "../services.ts"
import { findSchedule, listProjectSchedules } from "./project-schedules.ts"

/** A period of the calendar, and the schedule to simulate; all of them without a name. */
export interface SimulationRequest {
  readonly name?: string | undefined
  readonly fromMs: number
  readonly toMs: number
  readonly limit: number
}

/** Lists the ticks of a period from declarations alone; the database is not read. */
export function simulateSchedules(
  { config }: Services,
  { name, fromMs, toMs, limit }: SimulationRequest,
): SimulationDocument {
  const { graph, schedules } = listProjectSchedules(config)
  const selected = name === undefined ? schedules : [findSchedule(schedules, name)]
  const period = { afterMs: fromMs - 1, untilMs: toMs, limit: limit + 1 }
  const ticks = selected
    .flatMap((schedule) => simulate(graph, schedule, period))
    .toSorted((a, b) => a.tick_at.localeCompare(b.tick_at))
  return {
    from: toIsoTime(fromMs),
    to: toIsoTime(toMs),
    ticks: ticks.slice(0, limit),
    unpredictable: selected.flatMap((schedule) =>
      schedule.automation.kind === "cron" ? [] : [schedule.name],
    ),
    truncated: ticks.length > limit,
  }
}

function simulate(
  graph: Graph,
  { name, automation, assets }: Schedule,
  period: Parameters<typeof listCronTicks>[1],
): SimulationDocument["ticks"] {
  if (automation.kind !== "cron") return []
  const granularities = listGranularities(graph, assets)
  return listCronTicks(automation, period).map((tickMs) => ({
    schedule: name,
    tick_at: toIsoTime(tickMs),
    zone: automation.zone,
    partitions: granularities.flatMap((partitions) => formatNewest(partitions, tickMs)),
  }))
}

/** Lists the partitions of assets, one per granularity and zone. */
function listGranularities(graph: Graph, assets: readonly string[]): readonly Partitions[] {
  const granularities = new Map<string, Partitions>()
  for (const name of assets) {
    const partitions = graph.assets.get(name)?.partitions
    if (partitions === undefined || !isTimed(partitions)) continue
    granularities.set(`${partitions.kind} ${partitions.zone}`, partitions)
  }
  return [...granularities.values()]
}

function formatNewest(partitions: Partitions, tickMs: number): readonly string[] {
  if (!isTimed(partitions)) return []
  return [formatPartitionKey(partitions, getNewestClosed(partitions, tickMs))]
}
