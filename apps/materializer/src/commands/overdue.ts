import {
  type Asset,
  type Daily,
  type Freshness,
  isTimed,
  partitionBounds,
  spanned,
} from "@freshet/core"

/** Since when a partition that its policy asks for is not there. */
export interface Overdue {
  readonly day: number
  readonly dueMs: number
}

/** The first day after those made whose due time has passed, if there is one: about the clock, not about content. */
export function overdueOf(asset: Asset, firstOpen: number, nowMs: number): Overdue | undefined {
  const { freshness, partitions } = asset
  if (freshness === undefined || !isTimed(partitions)) return undefined
  const day = Math.max(firstOpen, partitions.start)
  if (partitions.end !== undefined && day > partitions.end) return undefined
  const { to: lastDay } = spanned(partitions, daysOf(partitions.zone), { from: day, to: day })
  const dueMs = dueAt(freshness, lastDay)
  return dueMs <= nowMs ? { day, dueMs } : undefined
}

/** The instant by which a day's partition is due: the policy's time on the next local day. */
function dueAt({ time, zone }: Freshness, day: number): number {
  const { startMs } = partitionBounds(daysOf(zone), day + 1)
  const wanted = minutesOf(time)
  const guess = startMs + wanted * 60_000
  const shown = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
  })
  return guess - (minutesOf(shown.format(guess)) - wanted) * 60_000 // clocks may have changed since midnight
}

function daysOf(zone: string): Daily {
  return { kind: "daily", zone, start: 0, end: undefined }
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number)
  return hours * 60 + minutes
}
