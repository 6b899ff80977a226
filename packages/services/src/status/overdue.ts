import type { Asset, Daily, Freshness } from "@freshet/core"
import { convertRange, isTimed, toTimeInterval, getZoneOffset } from "@freshet/core/engine"

/** A missing partition whose deadline has passed. */
export interface Overdue {
  readonly partition: number
  readonly dueMs: number
}

/** Finds the first missing partition whose deadline has passed. */
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

/** Computes the deadline of a day: the policy's time on the next local day. */
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
