const MS_PER_SECOND = 1000
const MS_PER_HOUR = 3_600_000
const MS_PER_DAY = 86_400_000
const MS_PER_PAGE = 32 * MS_PER_DAY
/** Upper bound of every zone's offset from UTC: Manila was 15:56 behind it until 1844. */
const MAX_OFFSET_MS = 16 * MS_PER_HOUR

/** A span of time with one offset from UTC, in milliseconds. The next span may have the same offset. */
export interface OffsetPeriod {
  readonly startMs: number
  readonly endMs: number
  readonly offsetMs: number
}

interface Zone {
  readonly format: Intl.DateTimeFormat
  /** Page of 32 days, counted from 1970 → its periods, in order. */
  readonly pages: Map<number, readonly OffsetPeriod[]>
}

const utc: OffsetPeriod = { startMs: -Infinity, endMs: Infinity, offsetMs: 0 }
const zones = new Map<string, Zone>() // "Europe/London" → its zone

/** Throws a RangeError unless `name` is a time zone. */
export function assertZone(name: string): void {
  if (name !== "UTC") getZone(name)
}

/** The offset period that holds an instant. */
export function getOffsetPeriod(zone: string, instantMs: number): OffsetPeriod {
  if (zone === "UTC") return utc
  const page = Math.floor(instantMs / MS_PER_PAGE)
  const timeZone = getZone(zone)
  const periods = timeZone.pages.get(page) ?? buildPage(timeZone, page)
  return periods.findLast(({ startMs }) => startMs <= instantMs) ?? utc
}

/** The offset of a zone's clocks from UTC at an instant, in milliseconds. */
export function getZoneOffset(zone: string, instantMs: number): number {
  return getOffsetPeriod(zone, instantMs).offsetMs
}

/**
 * The first instant whose local date is the day or later. Where midnight does not exist (clocks go forward at 0:00),
 * the day begins at the first instant after the gap. A day that a zone skips (Apia, 2011-12-30) is empty: it begins
 * where the next day begins. Where clocks go back after midnight (St. John's until 2011), the day begins at the first
 * of the two midnights.
 */
export function getDayStart(zone: string, day: number): number {
  const midnight = day * MS_PER_DAY
  let period = getOffsetPeriod(zone, midnight - MAX_OFFSET_MS)
  for (;;) {
    const first = Math.max(period.startMs, midnight - period.offsetMs)
    if (first < period.endMs) return first
    period = getOffsetPeriod(zone, period.endMs)
  }
}

/** The index of the day that holds an instant. */
export function getDayAt(zone: string, instantMs: number): number {
  let day = Math.floor((instantMs + getOffsetPeriod(zone, instantMs).offsetMs) / MS_PER_DAY)
  while (getDayStart(zone, day + 1) <= instantMs) day += 1
  return day
}

/**
 * The instant at which an hour begins, at a full hour of the local clock. Hours count from 1970 in UTC and are
 * contiguous; an hour in which clocks change by half an hour (Lord Howe) is longer or shorter by it.
 */
export function getHourStart(zone: string, hour: number): number {
  const { offsetMs } = getOffsetPeriod(zone, hour * MS_PER_HOUR)
  return hour * MS_PER_HOUR - (((offsetMs % MS_PER_HOUR) + MS_PER_HOUR) % MS_PER_HOUR)
}

/** The index of the hour that holds an instant. */
export function getHourAt(zone: string, instantMs: number): number {
  const hour = Math.floor(instantMs / MS_PER_HOUR)
  return getHourStart(zone, hour + 1) <= instantMs ? hour + 1 : hour
}

function getZone(name: string): Zone {
  const cachedZone = zones.get(name)
  if (cachedZone !== undefined) return cachedZone
  const zone = { format: createDateFormat(name), pages: new Map<number, readonly OffsetPeriod[]>() }
  zones.set(name, zone)
  return zone
}

function createDateFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    })
  } catch (cause) {
    const message = `"${timeZone}" is not a time zone: write its IANA name, as in Europe/London`
    throw new RangeError(message, { cause })
  }
}

/** Samples the offset once a day and searches each day with a change by bisection; no zone changes its clocks twice within a day and back to the same offset. */
function buildPage(zone: Zone, page: number): readonly OffsetPeriod[] {
  const end = (page + 1) * MS_PER_PAGE
  const periods: OffsetPeriod[] = []
  let startMs = page * MS_PER_PAGE
  while (startMs < end) {
    const offsetMs = measureOffset(zone, startMs)
    const endMs = findOffsetEnd(zone, startMs, offsetMs, end)
    periods.push({ startMs, endMs, offsetMs })
    startMs = endMs
  }
  zone.pages.set(page, periods)
  return periods
}

function findOffsetEnd(zone: Zone, startMs: number, offsetMs: number, limit: number): number {
  let low = startMs
  let high = low
  while (measureOffset(zone, high) === offsetMs) {
    if (high === limit) return limit
    low = high
    high = Math.min(low + MS_PER_DAY, limit)
  }
  while (high - low > MS_PER_SECOND) {
    const middle = low + Math.floor((high - low) / 2 / MS_PER_SECOND) * MS_PER_SECOND
    if (measureOffset(zone, middle) === offsetMs) low = middle
    else high = middle
  }
  return high
}

function measureOffset({ format }: Zone, instantMs: number): number {
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] =
    format.format(instantMs).match(/\d+/g)?.map(Number) ?? [] // "1/5/2026, 10:00:00"
  return Date.UTC(year, month - 1, day, hour, minute, second) - instantMs
}
