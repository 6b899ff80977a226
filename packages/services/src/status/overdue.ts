import type { Asset, Daily, Freshness } from "@freshet/core"
import { convertRange, isTimed, toTimeInterval, getZoneOffset } from "@freshet/core/engine"

/** Since when a partition that its policy asks for is not there. */
export interface Overdue {
  readonly partition: number
  readonly dueMs: number
}

/** The first day after those made whose due time has passed, if there is one: about the clock, not about content. */
export function findOverdue(
  asset: Asset,
  firstMissing: number,
  nowMs: number,
): Overdue | undefined {
  const { freshness, partitions } = asset
  if (freshness === undefined || !isTimed(partitions)) return undefined
  const partition = Math.max(firstMissing, partitions.start)
  if (partitions.end !== undefined && partition > partitions.end) return undefined
  const { to: lastDay } = convertRange(partitions, toDaily(partitions.zone), {
    from: partition,
    to: partition,
  })
  const dueMs = computeDueTime(freshness, lastDay)
  return dueMs <= nowMs ? { partition, dueMs } : undefined
}

/** The instant by which a day's partition is due: the policy's time on the next local day. */
function computeDueTime({ time, zone }: Freshness, day: number): number {
  const { startMs } = toTimeInterval(toDaily(zone), day + 1)
  const dueMinutes = parseMinutes(time)
  const estimateMs = startMs + dueMinutes * 60_000
  const timeFormat =
    Math.floor((estimateMs + getZoneOffset(zone, estimateMs)) / 60_000) % minutesPerDay
  return estimateMs - (timeFormat - dueMinutes) * 60_000 // clocks may have changed since midnight
}

const minutesPerDay = 24 * 60

function toDaily(zone: string): Daily {
  return { kind: "daily", zone, start: 0, end: undefined }
}

function parseMinutes(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number)
  return hours * 60 + minutes
}
