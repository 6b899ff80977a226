import { parseDay } from "./calendar.ts"
import { getHourAt, getHourStart, getOffsetPeriod } from "./zone.ts"

const MS_PER_SECOND = 1000
const MS_PER_HOUR = 3_600_000
const MS_PER_DAY = 86_400_000
/** Upper bound of every zone's offset from UTC and of every change of its clocks. */
const MAX_OFFSET_MS = 25 * MS_PER_HOUR

/**
 * Formats an hour by the local clock at its beginning: `2026-01-05T10`. Where clocks go back, the second hour with the
 * same clock time has its offset appended: `2026-10-25T01+0000`. Minutes appear only where an hour does not begin at a
 * full hour of the clock: `2026-04-05T0130`.
 */
export function formatHour(zone: string, hour: number): string {
  const startMs = getHourStart(zone, hour)
  const { offsetMs } = getOffsetPeriod(zone, startMs)
  const wall = new Date(startMs + offsetMs).toISOString() // "2026-01-05T10:00:00.000Z"
  const clockText = `${wall.slice(0, 13)}${wall
    .slice(14, 19)
    .replace(":", "")
    .replace(/(00){1,2}$/, "")}`
  return isRepeatedHour(zone, startMs) ? clockText + formatOffset(offsetMs) : clockText
}

/** Parses an hour to its index; undefined when the zone does not have it. */
export function parseHour(zone: string, key: string): number | undefined {
  const wallMs = parseWallClock(key)
  if (wallMs === undefined) return undefined
  let period = getOffsetPeriod(zone, wallMs - MAX_OFFSET_MS)
  for (;;) {
    const hour = getHourAt(zone, wallMs - period.offsetMs)
    if (formatHour(zone, hour) === key) return hour
    if (period.endMs > wallMs + MAX_OFFSET_MS) return undefined
    period = getOffsetPeriod(zone, period.endMs)
  }
}

/** Tests a text for the form of an hour, regardless of its zone. */
export function isHourLike(key: string): boolean {
  return parseWallClock(key) !== undefined
}

function parseWallClock(key: string): number | undefined {
  const form = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3])([0-5]\d)?([0-5]\d)?([+-]\d{4}(\d{2})?)?$/
  const [, date = "", hour, minute = 0, second = 0] = form.exec(key) ?? []
  const day = parseDay(date)
  if (day === undefined) return undefined
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second)
  return day * MS_PER_DAY + seconds * MS_PER_SECOND
}

/** Tests whether the local clock showed the same time at an earlier instant. */
function isRepeatedHour(zone: string, instantMs: number): boolean {
  const { offsetMs, startMs } = getOffsetPeriod(zone, instantMs)
  let end = startMs
  while (end > instantMs - MAX_OFFSET_MS) {
    const earlier = getOffsetPeriod(zone, end - 1)
    const first = instantMs + offsetMs - earlier.offsetMs
    if (first >= earlier.startMs && first < earlier.endMs) return true
    end = earlier.startMs
  }
  return false
}

function formatOffset(offsetMs: number): string {
  const sign = offsetMs < 0 ? "-" : "+"
  const time = new Date(Math.abs(offsetMs)).toISOString().slice(11, 19).replaceAll(":", "")
  return sign + (time.endsWith("00") ? time.slice(0, 4) : time)
}
