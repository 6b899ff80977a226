import type { LineCounts } from "./activity-day.ts"
import { noEvents } from "./day-volume.ts"
import type { Action } from "./day-volume.ts"
import { noMalformedLines } from "./malformed-line.ts"
import type { MalformedKind } from "./malformed-line.ts"

/** Summary of the written files. */
export interface StocktwitsDemoSummary {
  readonly files: readonly DemoFile[]
  /** Total size of the files. */
  readonly bytes: number
  /** Well-formed events by action. */
  readonly events: Readonly<Record<Action, number>>
  /** Malformed lines by kind. */
  readonly malformed: Readonly<Record<MalformedKind, number>>
  /** The days without an activity file, as YYYY-MM-DD. */
  readonly missingDays: readonly string[]
}

/** One file of the landing zone. */
export interface DemoFile {
  /** The path inside the landing zone. */
  readonly path: string
  readonly bytes: number
}

/** Written lines of one day; none if the day has no activity file. */
export interface WrittenDay {
  readonly day: string
  readonly files: readonly DemoFile[]
  readonly lines: LineCounts | undefined
}

/** Progress of the generator, reported after each day. */
export interface StocktwitsDemoProgress extends WrittenDay {
  /** Number of the day, counted from 1. */
  readonly index: number
  readonly days: number
}

/** Adds up the days. */
export function summarizeDays(days: readonly WrittenDay[]): StocktwitsDemoSummary {
  const files = days.flatMap((day) => day.files)
  const lines = days.flatMap((day) => day.lines ?? [])
  return {
    files,
    bytes: files.reduce((total, file) => total + file.bytes, 0),
    events: lines.map((counts) => counts.events).reduce(addCounts, noEvents),
    malformed: lines.map((counts) => counts.malformed).reduce(addCounts, noMalformedLines),
    missingDays: days.filter((day) => day.lines === undefined).map((day) => day.day),
  }
}

function addCounts<K extends string>(
  total: Readonly<Record<K, number>>,
  counts: Readonly<Record<K, number>>,
): Record<K, number> {
  const sum: Record<K, number> = { ...total }
  for (const key in counts) sum[key] += counts[key]
  return sum
}
