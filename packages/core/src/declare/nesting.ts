import { type PartitionRange, type Partitions, type Timed, firstDayOf } from "./partition.ts"
import { holding, isTimed } from "./partition.ts"
import { dayAt, dayStart, hourAt, hourStart } from "./zone.ts"

/**
 * Whether a partition of one can be read as partitions of the other bare: the finer lie whole in the coarser,
 * or both are cut alike. Weeks and months of one zone do not nest, nor does anything of two zones.
 */
export function nests(a: Partitions, b: Partitions): boolean {
  if (isTimed(a)) return isTimed(b) && a.zone === b.zone && !crosses(a, b)
  if (a.kind === "static") return b.kind === "static" && areEqual(a.keys, b.keys)
  return b.kind === "none"
}

function crosses(a: Timed, b: Timed): boolean {
  const kinds = [a.kind, b.kind]
  return kinds.includes("weekly") && kinds.includes("monthly")
}

function areEqual(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((key, index) => key === b[index]))
}

/**
 * The partitions of `inner` that a range of `outer` spans, both of one zone: all the finer ones inside, or the
 * coarser ones around; of weeks and months those that share a day. Infinite ends stay infinite. A day
 * that a zone skips has no hours: its range ends before it begins.
 */
export function spanned(outer: Timed, inner: Timed, range: PartitionRange): PartitionRange {
  if (outer.kind === inner.kind) return range
  const first = Number.isFinite(range.from) ? firstDay(outer, range.from) : range.from
  const last = Number.isFinite(range.to) ? lastDay(outer, range.to) : range.to
  return {
    from: Number.isFinite(first) ? firstOn(inner, first) : first,
    to: Number.isFinite(last) ? lastOn(inner, last) : last,
  }
}

function firstDay({ kind, zone }: Timed, index: number): number {
  return kind === "hourly" ? dayAt(zone, hourStart(zone, index)) : firstDayOf(kind, index)
}

function lastDay({ kind, zone }: Timed, index: number): number {
  return kind === "hourly" ? dayAt(zone, hourStart(zone, index)) : firstDayOf(kind, index + 1) - 1
}

function firstOn({ kind, zone }: Timed, day: number): number {
  return kind === "hourly" ? firstHour(zone, day) : holding(kind, day)
}

function lastOn({ kind, zone }: Timed, day: number): number {
  return kind === "hourly" ? firstHour(zone, day + 1) - 1 : holding(kind, day)
}

/** The first hour that begins on the day or later. */
function firstHour(zone: string, day: number): number {
  const startMs = dayStart(zone, day)
  const hour = hourAt(zone, startMs)
  return hourStart(zone, hour) === startMs ? hour : hour + 1
}
