import {
  type PartitionRange,
  type Partitions,
  type Timed,
  getFirstDay,
} from "../declare/partition.ts"
import { getPartitionOnDay, isTimed } from "../declare/partition.ts"
import { getDayAt, getDayStart, getHourAt, getHourStart } from "./zone.ts"

/**
 * Tests whether partitions can be read from each other without a window: each finer partition lies inside one coarser
 * partition, or both are equal. Weeks and months do not nest, and neither do partitions of two time zones.
 */
export function nests(a: Partitions, b: Partitions): boolean {
  if (isTimed(a)) return isTimed(b) && a.zone === b.zone && !isWeekAndMonth(a, b)
  if (a.kind === "static") return b.kind === "static" && areEqual(a.keys, b.keys)
  return b.kind === "none"
}

function isWeekAndMonth(a: Timed, b: Timed): boolean {
  const kinds = [a.kind, b.kind]
  return kinds.includes("weekly") && kinds.includes("monthly")
}

function areEqual(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((key, index) => key === b[index]))
}

/**
 * Converts a range of `outer` to partitions of `inner`, both of one zone: the finer partitions inside the range, or the
 * coarser ones around it; between weeks and months the ones that share a day. Infinite ends remain infinite. The range
 * of hours of a day that a zone skips is empty: it ends before it begins.
 */
export function convertRange(outer: Timed, inner: Timed, range: PartitionRange): PartitionRange {
  if (outer.kind === inner.kind) return range
  const first = Number.isFinite(range.from) ? toFirstDay(outer, range.from) : range.from
  const last = Number.isFinite(range.to) ? toLastDay(outer, range.to) : range.to
  return {
    from: Number.isFinite(first) ? toFirstPartition(inner, first) : first,
    to: Number.isFinite(last) ? toLastPartition(inner, last) : last,
  }
}

function toFirstDay({ kind, zone }: Timed, index: number): number {
  return kind === "hourly" ? getDayAt(zone, getHourStart(zone, index)) : getFirstDay(kind, index)
}

function toLastDay({ kind, zone }: Timed, index: number): number {
  return kind === "hourly"
    ? getDayAt(zone, getHourStart(zone, index))
    : getFirstDay(kind, index + 1) - 1
}

function toFirstPartition({ kind, zone }: Timed, day: number): number {
  return kind === "hourly" ? getFirstHour(zone, day) : getPartitionOnDay(kind, day)
}

function toLastPartition({ kind, zone }: Timed, day: number): number {
  return kind === "hourly" ? getFirstHour(zone, day + 1) - 1 : getPartitionOnDay(kind, day)
}

/** The first hour that begins on a day or later. */
function getFirstHour(zone: string, day: number): number {
  const startMs = getDayStart(zone, day)
  const hour = getHourAt(zone, startMs)
  return getHourStart(zone, hour) === startMs ? hour : hour + 1
}
