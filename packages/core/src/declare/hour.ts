import { findDay } from "./calendar.ts"
import { hourAt, hourStart, stretchAt } from "./zone.ts"

const MS_PER_SECOND = 1000
const MS_PER_HOUR = 3_600_000
const MS_PER_DAY = 86_400_000
/** No zone ever set its clocks back by more, nor is more than that from UTC. */
const FARTHEST = 25 * MS_PER_HOUR

/**
 * An hour as people write it: what the local clock shows when it begins, `2026-01-05T10`. Where clocks go
 * back, what they show again has its offset behind it, `2026-10-25T01+0000`; minutes are there only where
 * an hour begins on no full one, `2026-04-05T0130`.
 */
export function hourKey(zone: string, hour: number): string {
  const startMs = hourStart(zone, hour)
  const { offsetMs } = stretchAt(zone, startMs)
  const wall = new Date(startMs + offsetMs).toISOString() // "2026-01-05T10:00:00.000Z"
  const shown = `${wall.slice(0, 13)}${wall
    .slice(14, 19)
    .replace(":", "")
    .replace(/(00){1,2}$/, "")}`
  return isShownAgain(zone, startMs) ? shown + offsetText(offsetMs) : shown
}

/** The index of an hour as people write it; undefined when the zone has no such hour. */
export function findHour(zone: string, key: string): number | undefined {
  const wallMs = wallOf(key)
  if (wallMs === undefined) return undefined
  let stretch = stretchAt(zone, wallMs - FARTHEST)
  for (;;) {
    const hour = hourAt(zone, wallMs - stretch.offsetMs)
    if (hourKey(zone, hour) === key) return hour
    if (stretch.endMs > wallMs + FARTHEST) return undefined
    stretch = stretchAt(zone, stretch.endMs)
  }
}

/** Whether a text looks like an hour, of whatever zone. */
export function isHourLike(key: string): boolean {
  return wallOf(key) !== undefined
}

function wallOf(key: string): number | undefined {
  const form = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3])([0-5]\d)?([0-5]\d)?([+-]\d{4}(\d{2})?)?$/
  const [, date = "", hour, minute = 0, second = 0] = form.exec(key) ?? []
  const day = findDay(date)
  if (day === undefined) return undefined
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second)
  return day * MS_PER_DAY + seconds * MS_PER_SECOND
}

/** Whether the local clock had shown the same once before. */
function isShownAgain(zone: string, instantMs: number): boolean {
  const { offsetMs, startMs } = stretchAt(zone, instantMs)
  let end = startMs
  while (end > instantMs - FARTHEST) {
    const earlier = stretchAt(zone, end - 1)
    const first = instantMs + offsetMs - earlier.offsetMs
    if (first >= earlier.startMs && first < earlier.endMs) return true
    end = earlier.startMs
  }
  return false
}

function offsetText(offsetMs: number): string {
  const sign = offsetMs < 0 ? "-" : "+"
  const time = new Date(Math.abs(offsetMs)).toISOString().slice(11, 19).replaceAll(":", "")
  return sign + (time.endsWith("00") ? time.slice(0, 4) : time)
}
