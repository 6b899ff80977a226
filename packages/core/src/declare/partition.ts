/**
 * How an asset is cut into partitions. A partition is an integer index: for `daily` the local calendar
 * day counted from 1970-01-01; an asset without partitions has the single index 0.
 */
export type Partitions = Daily | Unpartitioned

/** One partition a calendar day of an IANA time zone, from `start` (a day) to `end` (a day, inclusive) or without end. */
export interface Daily {
  readonly kind: "daily"
  readonly zone: string
  readonly start: number
  readonly end: number | undefined
}

/** The whole asset is one partition. */
export interface Unpartitioned {
  readonly kind: "none"
}

/** The grain of a partition definition, as the types carry it. */
export type Grain = Partitions["kind"]

/** An inclusive range of partition indexes. */
export interface PartitionRange {
  readonly from: number
  readonly to: number
}

const MS_PER_DAY = 86_400_000
const MS_PER_HOUR = 3_600_000

/** Daily partitions from the day `start`, in `zone` (default UTC). Throws a RangeError for what is no day or no zone, and for an end before the start. */
export function daily(options: {
  readonly start: string
  readonly end?: string
  readonly zone?: string
}): Daily {
  const zone = options.zone ?? "UTC"
  new Intl.DateTimeFormat("en-US", { timeZone: zone })
  const start = dayFromKey(options.start)
  const end = options.end === undefined ? undefined : dayFromKey(options.end)
  if (end !== undefined && end < start)
    throw new RangeError(`partitions that start on ${options.start} cannot end on ${options.end}`)
  return { kind: "daily", zone, start, end }
}

/** The one partition of an asset that is not cut. */
export const unpartitioned: Unpartitioned = { kind: "none" }

/** The index of the day written `YYYY-MM-DD`; undefined when it is no day of the calendar. */
export function findDay(key: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(key)
  if (match === null) return undefined
  const instant = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]))
  return keyFromDay(instant / MS_PER_DAY) === key ? instant / MS_PER_DAY : undefined
}

function dayFromKey(key: string): number {
  const day = findDay(key)
  if (day === undefined) throw new RangeError(`"${key}" is not a day: write it as YYYY-MM-DD`)
  return day
}

function keyFromDay(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10)
}

/** A partition's key as people write it: `2026-01-05`, or `all` for the one partition of an uncut asset. */
export function partitionKey(partitions: Partitions, index: number): string {
  return partitions.kind === "daily" ? keyFromDay(index) : "all"
}

/** The index of a key as people write it; undefined when it is no key of this definition. */
export function findPartition(partitions: Partitions, key: string): number | undefined {
  if (partitions.kind === "daily") return findDay(key)
  return key === "all" ? 0 : undefined
}

/** The instants at which the local day begins (inclusive) and ends (exclusive), in milliseconds. */
export function dayBounds(partitions: Daily, index: number): { startMs: number; endMs: number } {
  return { startMs: midnight(partitions.zone, index), endMs: midnight(partitions.zone, index + 1) }
}

/** The newest daily partition whose day is over at `nowMs`. */
export function newestClosedDay(partitions: Daily, nowMs: number): number {
  let day = Math.floor(nowMs / MS_PER_DAY) + 1
  while (midnight(partitions.zone, day + 1) > nowMs) day -= 1
  return day
}

/**
 * The first instant whose local date in `zone` is the day or later. Where midnight does not exist
 * (clocks go forward at 0:00) the day begins at the first instant after the gap; a day that a zone
 * skips whole (Apia, 2011-12-30) is empty: it begins where the next one begins. Where clocks go back an hour
 * right after midnight (St. John's until 2011) the date comes twice, and the first time counts.
 */
function midnight(zone: string, day: number): number {
  const utc = day * MS_PER_DAY
  let low = utc - 15 * MS_PER_HOUR
  let high = utc + 15 * MS_PER_HOUR
  while (localDay(zone, high) < day) high += 12 * MS_PER_HOUR
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000
    if (localDay(zone, middle) >= day) high = middle
    else low = middle
  }
  return localDay(zone, high - MS_PER_HOUR) >= day ? high - MS_PER_HOUR : high
}

const formats = new Map<string, Intl.DateTimeFormat>() // "Europe/London" → its calendar

function localDay(zone: string, instantMs: number): number {
  if (zone === "UTC") return Math.floor(instantMs / MS_PER_DAY)
  const format = formats.get(zone) ?? calendar(zone)
  formats.set(zone, format)
  const parts = Object.fromEntries(format.formatToParts(instantMs).map((p) => [p.type, p.value]))
  return (
    Date.UTC(Number(parts["year"]), Number(parts["month"]) - 1, Number(parts["day"])) / MS_PER_DAY
  )
}

function calendar(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "numeric",
    day: "numeric",
  })
}
