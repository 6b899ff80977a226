import {
  formatDay,
  parseDay,
  parseMonth,
  parseWeek,
  getFirstDayOfMonth,
} from "../partitions/calendar.ts"
import {
  getFirstDayOfWeek,
  formatMonth,
  toMonth,
  formatWeek,
  toWeek,
} from "../partitions/calendar.ts"
import { parseHour, formatHour, isHourLike } from "../partitions/hour.ts"
import { assertZone, getDayAt, getDayStart, getHourAt, getHourStart } from "../partitions/zone.ts"

/** The partitions of an asset. A partition is an integer index; people write its key. */
export type Partitions = Timed | Static | Unpartitioned

/** The granularities of partitions of time. */
export type TimedGranularity = "hourly" | "daily" | "weekly" | "monthly"

/**
 * One partition per hour, local day, ISO week or month of an IANA time zone, from the index `start` to `end`
 * (inclusive) or without end. An index counts hours, days, weeks or months from the one that holds 1970-01-01.
 */
export interface Timed<K extends TimedGranularity = TimedGranularity> {
  readonly kind: K
  readonly zone: string
  readonly start: number
  readonly end: number | undefined
}

/** One partition per calendar day. */
export type Daily = Timed<"daily">

/** One partition per key; its index is the key's place in the list. */
export interface Static {
  readonly kind: "static"
  readonly keys: readonly string[]
}

/** The whole asset is one partition, of index 0. */
export interface Unpartitioned {
  readonly kind: "none"
}

/** The granularity of partitions, as the types carry it. */
export type Granularity = Partitions["kind"]

/** An inclusive range of partition indexes. */
export interface PartitionRange {
  readonly from: number
  readonly to: number
}

/** The first and the last partition of time, by their keys. */
export interface TimedOptions {
  readonly start: string
  /** The last partition. Default: no end. */
  readonly end?: string
  /** The IANA time zone in which hours and days begin. Default UTC. */
  readonly zone?: string
}

/** Hourly partitions from the hour `start` (`2026-01-05T10`), in `zone` (default UTC). Throws a RangeError for an invalid hour or zone, and for an end before the start. */
export function hourly(options: TimedOptions): Timed<"hourly"> {
  return buildTimed("hourly", options)
}

/** Daily partitions from the day `start` (`2026-01-05`), in `zone` (default UTC). Throws a RangeError for an invalid day or zone, and for an end before the start. */
export function daily(options: TimedOptions): Daily {
  return buildTimed("daily", options)
}

/** Weekly partitions from the ISO week `start` (`2026-W02`), in `zone` (default UTC). Throws a RangeError for an invalid week or zone, and for an end before the start. */
export function weekly(options: TimedOptions): Timed<"weekly"> {
  return buildTimed("weekly", options)
}

/** Monthly partitions from the month `start` (`2026-01`), in `zone` (default UTC). Throws a RangeError for an invalid month or zone, and for an end before the start. */
export function monthly(options: TimedOptions): Timed<"monthly"> {
  return buildTimed("monthly", options)
}

function buildTimed<K extends TimedGranularity>(kind: K, options: TimedOptions): Timed<K> {
  const zone = options.zone ?? "UTC"
  assertZone(zone)
  const start = parseIndex(kind, zone, options.start)
  const end = options.end === undefined ? undefined : parseIndex(kind, zone, options.end)
  if (end !== undefined && end < start)
    throw new RangeError(
      `partitions cannot end at ${options.end ?? ""}, before their start ${options.start}`,
    )
  return { kind, zone, start, end }
}

function parseIndex(kind: TimedGranularity, zone: string, key: string): number {
  const index = findTimedIndex(kind, zone, key)
  if (index !== undefined) return index
  if (kind === "hourly" && isHourLike(key))
    throw new RangeError(`"${key}" is not an hour of ${zone}: its clocks never show this time`)
  throw new RangeError(`"${key}" is not ${keyFormats[kind]}`)
}

const keyFormats = {
  hourly: "an hour: write it as YYYY-MM-DDThh",
  daily: "a day: write it as YYYY-MM-DD",
  weekly: "a week: write it as YYYY-Www",
  monthly: "a month: write it as YYYY-MM",
}

/** One partition per key, in this order. Throws a RangeError unless there are 1 to 100,000 distinct keys, none empty or with a control character. */
export function staticKeys(keys: readonly string[]): Static {
  if (keys.length === 0 || keys.length > 100_000)
    throw new RangeError(`static partitions have 1 to 100,000 keys, not ${keys.length}`)
  const uniqueKeys = new Set<string>()
  for (const key of keys) {
    if (key === "") throw new RangeError("a partition's key cannot be empty")
    if (/[\p{Control}\p{Surrogate}]/u.test(key))
      throw new RangeError(
        `the key ${JSON.stringify(key)} has a control character or an unpaired surrogate`,
      )
    if (uniqueKeys.has(key)) throw new RangeError(`the key "${key}" is listed twice`)
    uniqueKeys.add(key)
  }
  return { kind: "static", keys: [...keys] }
}

/** The partitions of an asset that is one whole. */
export const unpartitioned: Unpartitioned = { kind: "none" }

/** Narrows partitions to those of time. */
export function isTimed(partitions: Partitions): partitions is Timed {
  return partitions.kind !== "static" && partitions.kind !== "none"
}

/** Formats a partition's key: `2026-01-05T10`, `2026-01-05`, `2026-W02`, `2026-01`, a static key (`#12` for an index beyond the list), or `all` for the partition of an unpartitioned asset. */
export function formatPartitionKey(partitions: Partitions, index: number): string {
  switch (partitions.kind) {
    case "hourly":
      return formatHour(partitions.zone, index)
    case "daily":
      return formatDay(index)
    case "weekly":
      return formatWeek(index)
    case "monthly":
      return formatMonth(index)
    case "static":
      return partitions.keys[index] ?? `#${index}`
    case "none":
      return "all"
  }
}

/** The index of a partition's key; undefined when the key does not belong to these partitions. Keys before the start or after the end have an index too. */
export function findPartition(partitions: Partitions, key: string): number | undefined {
  if (partitions.kind === "none") return key === "all" ? 0 : undefined
  if (partitions.kind === "static") return getIndexByKey(partitions.keys).get(key)
  return findTimedIndex(partitions.kind, partitions.zone, key)
}

function findTimedIndex(kind: TimedGranularity, zone: string, key: string): number | undefined {
  switch (kind) {
    case "hourly":
      return parseHour(zone, key)
    case "daily":
      return parseDay(key)
    case "weekly":
      return parseWeek(key)
    case "monthly":
      return parseMonth(key)
  }
}

const indexesByKeys = new WeakMap<readonly string[], ReadonlyMap<string, number>>()

function getIndexByKey(keys: readonly string[]): ReadonlyMap<string, number> {
  const indexByKey = indexesByKeys.get(keys) ?? new Map(keys.map((key, index) => [key, index]))
  indexesByKeys.set(keys, indexByKey)
  return indexByKey
}

/** The instants at which a partition begins (inclusive) and ends (exclusive), in milliseconds since 1970. Partitions tile time. */
export function toTimeInterval(
  partitions: Timed,
  index: number,
): { startMs: number; endMs: number } {
  return { startMs: getStart(partitions, index), endMs: getStart(partitions, index + 1) }
}

function getStart({ kind, zone }: Timed, index: number): number {
  return kind === "hourly" ? getHourStart(zone, index) : getDayStart(zone, getFirstDay(kind, index))
}

/** The index of the partition that holds an instant. */
export function getPartitionAt({ kind, zone }: Timed, instantMs: number): number {
  return kind === "hourly"
    ? getHourAt(zone, instantMs)
    : getPartitionOnDay(kind, getDayAt(zone, instantMs))
}

/** The index of the newest partition that has ended at `nowMs`. */
export function getNewestClosed(partitions: Timed, nowMs: number): number {
  return getPartitionAt(partitions, nowMs) - 1
}

/** The values of a partition that queries use: its key, its first local day (`YYYY-MM-DD`), and the instants at which it begins (inclusive) and ends (exclusive), as ISO text. */
export interface PartitionText {
  readonly key: string
  readonly day: string
  readonly start: string
  readonly end: string
}

/** The values of a partition that queries use. Outside of time the day is 1970-01-01, and the interval is the longest that SQL can write. */
export function formatPartition(partitions: Partitions, index: number): PartitionText {
  const key = formatPartitionKey(partitions, index)
  if (!isTimed(partitions))
    return { key, day: formatDay(0), start: "0001-01-01T00:00:00Z", end: "9999-12-31T00:00:00Z" }
  const { startMs, endMs } = toTimeInterval(partitions, index)
  const [start, end] = [new Date(startMs).toISOString(), new Date(endMs).toISOString()]
  return { key, day: formatFirstDay(partitions, index), start, end }
}

function formatFirstDay({ kind, zone }: Timed, index: number): string {
  return formatDay(
    kind === "hourly" ? getDayAt(zone, getHourStart(zone, index)) : getFirstDay(kind, index),
  )
}

/** The first day of a daily, weekly or monthly partition. */
export function getFirstDay(kind: Exclude<TimedGranularity, "hourly">, index: number): number {
  switch (kind) {
    case "daily":
      return index
    case "weekly":
      return getFirstDayOfWeek(index)
    case "monthly":
      return getFirstDayOfMonth(index)
  }
}

/** The daily, weekly or monthly partition that holds a day. */
export function getPartitionOnDay(kind: Exclude<TimedGranularity, "hourly">, day: number): number {
  switch (kind) {
    case "daily":
      return day
    case "weekly":
      return toWeek(day)
    case "monthly":
      return toMonth(day)
  }
}

const partitionNouns = {
  hourly: "hour",
  daily: "day",
  weekly: "week",
  monthly: "month",
  static: "key",
  none: "partition",
} as const satisfies Record<Partitions["kind"], string>

/** The noun for one partition: `hour`, `day`, `week`, `month`, `key` or `partition`. */
export function getPartitionNoun({ kind }: Partitions): string {
  return partitionNouns[kind]
}
