import { daily } from "@freshet/core"
import { createRandom, formatPartition } from "@freshet/core/engine"

/** A ticker with its usual price in cents. */
export interface DemoTicker {
  readonly id: string
  readonly cents: number
}

/** The tickers that are quoted; the last two are not followed. */
export const demoTickers: readonly DemoTicker[] = [
  { id: "AAPL", cents: 14_500 },
  { id: "GOOG", cents: 280_000 },
  { id: "AMZN", cents: 330_000 },
  { id: "GOOGL", cents: 279_000 },
  { id: "TSLA", cents: 78_000 },
]

/** A sudden move of one ticker, about which many people write. */
export interface Shock {
  readonly ticker: string
  /** The minute of the day. */
  readonly minute: number
  readonly direction: "up" | "down"
}

/** A day of New York. */
export interface MarketDay {
  /** The day, counted from 1970-01-01. */
  readonly day: number
  readonly key: string
  readonly startMs: number
  /** 1,380, 1,440 or 1,500: the day on which summer begins or ends is an hour shorter or longer. */
  readonly minutes: number
  /** The minutes in which shares are traded: from 9:30 to 16:00, none on Saturdays and Sundays. */
  readonly tradingMinutes: { readonly from: number; readonly to: number } | undefined
  readonly shock: Shock | undefined
}

const newYorkDays = daily({ start: "2000-01-01", zone: "America/New_York" })
const minuteMs = 60_000

/** The minutes in which a shock moves the price by its whole size. */
const shockMinutes = 10

/** Describes a day: each week has one shock, on one of its trading days. */
export function createMarketDay(seed: number, day: number): MarketDay {
  const { key, start, end } = formatPartition(newYorkDays, day)
  const startMs = Date.parse(start)
  const minutes = (Date.parse(end) - startMs) / minuteMs
  const weekday = getWeekday(day)
  const tradingMinutes =
    weekday < 5 ? { from: minutes - 14.5 * 60, to: minutes - 8 * 60 } : undefined
  return { day, key, startMs, minutes, tradingMinutes, shock: drawShock(seed, day) }
}

/** The day of the week, 0 for Monday. */
function getWeekday(day: number): number {
  return (day + 3) % 7
}

function drawShock(seed: number, day: number): Shock | undefined {
  const random = createRandom(seed, "shock", day - getWeekday(day))
  if (random.below(5) !== getWeekday(day)) return undefined
  return {
    ticker: demoTickers[random.below(3)]?.id ?? "AAPL",
    minute: 600 + random.below(300),
    direction: random.below(3) === 0 ? "up" : "down",
  }
}

/** Computes the prices of a ticker in cents, one for each minute of the day. */
export function computePrices(seed: number, { id, cents }: DemoTicker, day: MarketDay): Int32Array {
  const random = createRandom(seed, "prices", id, day.day)
  const step = Math.ceil(cents / 5_000)
  const prices = new Int32Array(day.minutes)
  let price = cents + Math.round((cents * (random.below(601) - 300)) / 10_000)
  for (let minute = 0; minute < day.minutes; minute += 1) {
    price += random.below(2 * step + 1) - step + computeShockStep(cents, id, day, minute)
    prices[minute] = price
  }
  return prices
}

/** The move of one minute of a shock: eight percent of the usual price in all. */
function computeShockStep(cents: number, id: string, { shock }: MarketDay, minute: number): number {
  if (shock === undefined || shock.ticker !== id || !isInShock(shock, minute)) return 0
  const step = Math.round((cents * 8) / 100 / shockMinutes)
  return shock.direction === "up" ? step : -step
}

function isInShock(shock: Shock, minute: number): boolean {
  return minute >= shock.minute && minute < shock.minute + shockMinutes
}

/** Computes how many times as many tweets a minute has as a quiet one. */
export function computeActivity({ tradingMinutes, shock }: MarketDay, minute: number): number {
  const isOpen =
    tradingMinutes !== undefined && minute >= tradingMinutes.from && minute < tradingMinutes.to
  const quiet = tradingMinutes === undefined ? 1 : isOpen ? 6 : 2
  if (shock === undefined || minute < shock.minute || minute >= shock.minute + 60) return quiet
  return quiet * (isInShock(shock, minute) ? 8 : 3)
}
