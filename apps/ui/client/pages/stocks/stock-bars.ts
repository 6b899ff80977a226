import type { PageQueryDocument } from "../../api/documents.ts"
import { formatDay, formatTimeOfDay } from "./new-york-time.ts"

/** The tweets about a ticker by sentiment and its average price in a length of time; the price is null if there is no quote. */
export interface StockBar {
  readonly startMs: number
  readonly endMs: number
  readonly positive: number
  readonly neutral: number
  readonly negative: number
  readonly price: number | null
}

/** A length of time from an instant (inclusive) to another one (exclusive). */
export interface TimeRange {
  readonly startMs: number
  readonly endMs: number
}

export type BarLength = "minute" | "five_minutes" | "hour" | "day"

const minuteMs = 60_000
const dayMs = 1440 * minuteMs

/** The lengths of bars, the longest range for which each is chosen, and their names. */
export const barLengths: readonly {
  readonly length: BarLength
  readonly name: string
  readonly longestMs: number
}[] = [
  { length: "minute", name: "Minute", longestMs: dayMs / 4 },
  { length: "five_minutes", name: "5 minutes", longestMs: dayMs },
  { length: "hour", name: "Hour", longestMs: 14 * dayMs },
  { length: "day", name: "Day", longestMs: Infinity },
]

/** Chooses the shortest length of bars of which a range does not have too many. */
export function chooseBarLength(rangeMs: number): BarLength {
  return barLengths.find(({ longestMs }) => rangeMs <= longestMs)?.length ?? "day"
}

/** Finds a length of bars by its name in an address. */
export function findBarLength(text: string | undefined): BarLength | undefined {
  return barLengths.find(({ length }) => length === text)?.length
}

/** Converts the rows of the query of bars. */
export function toStockBars({ rows }: PageQueryDocument): readonly StockBar[] {
  return rows.map((row) => ({
    startMs: Date.parse(String(row["starts_at"])),
    endMs: Date.parse(String(row["ends_at"])),
    positive: Number(row["positive"]),
    neutral: Number(row["neutral"]),
    negative: Number(row["negative"]),
    price: row["price"] === null ? null : Number(row["price"]),
  }))
}

/** Counts the tweets of a bar. */
export function countTweets({ positive, neutral, negative }: StockBar): number {
  return positive + neutral + negative
}

/** The range from the start of the first bar to the end of the last one; undefined without bars. */
export function getRange(bars: readonly StockBar[]): TimeRange | undefined {
  const [first] = bars
  const last = bars.at(-1)
  return first && last && { startMs: first.startMs, endMs: last.endMs }
}

/** Narrows a range to half around an instant, or doubles it. */
export function scaleRange(
  { startMs, endMs }: TimeRange,
  { centerMs, factor }: { readonly centerMs: number; readonly factor: number },
): TimeRange {
  const half = Math.max((factor * (endMs - startMs)) / 2, 5 * minuteMs)
  return alignRange({ startMs: centerMs - half, endMs: centerMs + half })
}

/** Extends a range to whole minutes, so that the first and the last minute are complete. */
export function alignRange({ startMs, endMs }: TimeRange): TimeRange {
  return {
    startMs: Math.floor(startMs / minuteMs) * minuteMs,
    endMs: Math.ceil(endMs / minuteMs) * minuteMs,
  }
}

/** Formats a range in the time of New York: `2026-01-05 09:30 to 10:30`, or a day if it is a whole one. */
export function formatRange({ startMs, endMs }: TimeRange): string {
  const [day, lastDay] = [formatDay(startMs), formatDay(endMs - 1)]
  const [start, end] = [formatTimeOfDay(startMs), formatTimeOfDay(endMs)]
  const isWholeDays = start === "00:00" && end === "00:00"
  if (isWholeDays) return day === lastDay ? day : `${day} to ${lastDay}`
  return formatDay(endMs) === day
    ? `${day} ${start} to ${end}`
    : `${day} ${start} to ${formatDay(endMs)} ${end}`
}

/** Formats a price in dollars. */
export function formatPrice(price: number | null): string {
  return price === null ? "no quote" : `$${price.toFixed(2)}`
}
