import { dayKey, findDay, findMonth, findWeek, firstDayOfMonth } from "./calendar.ts"
import { firstDayOfWeek, monthKey, monthOf, weekKey, weekOf } from "./calendar.ts"
import { findHour, hourKey, isHourLike } from "./hour.ts"
import { assertZone, dayAt, dayStart, hourAt, hourStart } from "./zone.ts"

/** How an asset is cut into partitions. A partition is an integer index; its key is what people write. */
export type Partitions = Timed | Static | Unpartitioned

/** The grains that cut time. */
export type TimedGrain = "hourly" | "daily" | "weekly" | "monthly"

/**
 * One partition an hour, a local day, an ISO week or a month of an IANA time zone, from `start` to `end`
 * (inclusive) or without end. An index counts hours, days, weeks or months from that of 1970-01-01.
 */
export interface Timed<K extends TimedGrain = TimedGrain> {
  readonly kind: K
  readonly zone: string
  readonly start: number
  readonly end: number | undefined
}

/** One partition a calendar day. */
export type Daily = Timed<"daily">

/** One partition a key; its index is the key's place in the list. */
export interface Static {
  readonly kind: "static"
  readonly keys: readonly string[]
}

/** The whole asset is one partition, of index 0. */
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

interface TimedOptions {
  readonly start: string
  readonly end?: string
  readonly zone?: string
}

/** Hourly partitions from the hour `start` (`2026-01-05T10`), in `zone` (default UTC). Throws a RangeError for what is no hour or no zone, and for an end before the start. */
export function hourly(options: TimedOptions): Timed<"hourly"> {
  return timed("hourly", options)
}

/** Daily partitions from the day `start` (`2026-01-05`), in `zone` (default UTC). Throws a RangeError for what is no day or no zone, and for an end before the start. */
export function daily(options: TimedOptions): Daily {
  return timed("daily", options)
}

/** Weekly partitions from the ISO week `start` (`2026-W02`), in `zone` (default UTC). Throws a RangeError for what is no week or no zone, and for an end before the start. */
export function weekly(options: TimedOptions): Timed<"weekly"> {
  return timed("weekly", options)
}

/** Monthly partitions from the month `start` (`2026-01`), in `zone` (default UTC). Throws a RangeError for what is no month or no zone, and for an end before the start. */
export function monthly(options: TimedOptions): Timed<"monthly"> {
  return timed("monthly", options)
}

function timed<K extends TimedGrain>(kind: K, options: TimedOptions): Timed<K> {
  const zone = options.zone ?? "UTC"
  assertZone(zone)
  const start = indexOf(kind, zone, options.start)
  const end = options.end === undefined ? undefined : indexOf(kind, zone, options.end)
  if (end !== undefined && end < start)
    throw new RangeError(
      `partitions that start on ${options.start} cannot end on ${options.end ?? ""}`,
    )
  return { kind, zone, start, end }
}

function indexOf(kind: TimedGrain, zone: string, key: string): number {
  const index = findTimed(kind, zone, key)
  if (index !== undefined) return index
  if (kind === "hourly" && isHourLike(key))
    throw new RangeError(`"${key}" is not an hour of ${zone}: its clocks never show it like that`)
  throw new RangeError(`"${key}" is not ${written[kind]}`)
}

const written = {
  hourly: "an hour: write it as YYYY-MM-DDThh",
  daily: "a day: write it as YYYY-MM-DD",
  weekly: "a week: write it as YYYY-Www",
  monthly: "a month: write it as YYYY-MM",
}

/** One partition a key, in this order. Throws a RangeError unless there are 1 to 100,000 keys, no two of them equal, none empty or with a control character. */
export function staticKeys(keys: readonly string[]): Static {
  if (keys.length === 0 || keys.length > 100_000)
    throw new RangeError(`static partitions have 1 to 100,000 keys, not ${keys.length}`)
  const seen = new Set<string>()
  for (const key of keys) {
    if (key === "") throw new RangeError("a partition's key cannot be empty")
    if (/[\p{Control}\p{Surrogate}]/u.test(key))
      throw new RangeError(
        `the key ${JSON.stringify(key)} has a control character or half of a character`,
      )
    if (seen.has(key)) throw new RangeError(`the key "${key}" is there twice`)
    seen.add(key)
  }
  return { kind: "static", keys: [...keys] }
}

/** The one partition of an asset that is not cut. */
export const unpartitioned: Unpartitioned = { kind: "none" }

/** Whether partitions cut time. */
export function isTimed(partitions: Partitions): partitions is Timed {
  return partitions.kind !== "static" && partitions.kind !== "none"
}

/** A partition's key as people write it: `2026-01-05T10`, `2026-01-05`, `2026-W02`, `2026-01`, a static key (`#12` for an index that the list does not have), or `all` for the one partition of an uncut asset. */
export function partitionKey(partitions: Partitions, index: number): string {
  switch (partitions.kind) {
    case "hourly":
      return hourKey(partitions.zone, index)
    case "daily":
      return dayKey(index)
    case "weekly":
      return weekKey(index)
    case "monthly":
      return monthKey(index)
    case "static":
      return partitions.keys[index] ?? `#${index}`
    case "none":
      return "all"
  }
}

/** The index of a key as people write it; undefined when it is no key of this definition. Start and end do not count. */
export function findPartition(partitions: Partitions, key: string): number | undefined {
  if (partitions.kind === "none") return key === "all" ? 0 : undefined
  if (partitions.kind === "static") return placesOf(partitions.keys).get(key)
  return findTimed(partitions.kind, partitions.zone, key)
}

function findTimed(kind: TimedGrain, zone: string, key: string): number | undefined {
  switch (kind) {
    case "hourly":
      return findHour(zone, key)
    case "daily":
      return findDay(key)
    case "weekly":
      return findWeek(key)
    case "monthly":
      return findMonth(key)
  }
}

const places = new WeakMap<readonly string[], ReadonlyMap<string, number>>()

function placesOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const known = places.get(keys) ?? new Map(keys.map((key, index) => [key, index]))
  places.set(keys, known)
  return known
}

/** The instants at which a partition begins (inclusive) and ends (exclusive), in milliseconds. Partitions tile time. */
export function partitionBounds(
  partitions: Timed,
  index: number,
): { startMs: number; endMs: number } {
  return { startMs: startOf(partitions, index), endMs: startOf(partitions, index + 1) }
}

function startOf({ kind, zone }: Timed, index: number): number {
  return kind === "hourly" ? hourStart(zone, index) : dayStart(zone, firstDayOf(kind, index))
}

/** The partition that holds an instant. */
export function partitionAt({ kind, zone }: Timed, instantMs: number): number {
  return kind === "hourly" ? hourAt(zone, instantMs) : holding(kind, dayAt(zone, instantMs))
}

/** The newest partition that is over at `nowMs`. */
export function newestClosed(partitions: Timed, nowMs: number): number {
  return partitionAt(partitions, nowMs) - 1
}

/** What queries are told of a partition: its key, its first local day (`YYYY-MM-DD`), and the instants at which it begins and has ended, as ISO text. */
export interface PartitionText {
  readonly key: string
  readonly day: string
  readonly start: string
  readonly end: string
}

/** What queries are told of a partition; where partitions cut no time, its day is 1970-01-01 and its span all that SQL can write. */
export function partitionText(partitions: Partitions, index: number): PartitionText {
  const key = partitionKey(partitions, index)
  if (!isTimed(partitions))
    return { key, day: dayKey(0), start: "0001-01-01T00:00:00Z", end: "9999-12-31T00:00:00Z" }
  const { startMs, endMs } = partitionBounds(partitions, index)
  const [start, end] = [new Date(startMs).toISOString(), new Date(endMs).toISOString()]
  return { key, day: firstDay(partitions, index), start, end }
}

function firstDay({ kind, zone }: Timed, index: number): string {
  return dayKey(kind === "hourly" ? dayAt(zone, hourStart(zone, index)) : firstDayOf(kind, index))
}

/** The first day of a partition of whole days. */
export function firstDayOf(kind: Exclude<TimedGrain, "hourly">, index: number): number {
  switch (kind) {
    case "daily":
      return index
    case "weekly":
      return firstDayOfWeek(index)
    case "monthly":
      return firstDayOfMonth(index)
  }
}

/** The partition of whole days that holds a day. */
export function holding(kind: Exclude<TimedGrain, "hourly">, day: number): number {
  switch (kind) {
    case "daily":
      return day
    case "weekly":
      return weekOf(day)
    case "monthly":
      return monthOf(day)
  }
}

const nouns = {
  hourly: "hour",
  daily: "day",
  weekly: "week",
  monthly: "month",
  static: "key",
  none: "partition",
} as const satisfies Record<Partitions["kind"], string>

/** What one partition of this kind is called. */
export function partitionNoun({ kind }: Partitions): string {
  return nouns[kind]
}
