import { createRandom } from "@freshet/core/engine"

import { computePrices, demoTickers, type MarketDay } from "./market-day.ts"

/** Options of the quotes of a day. */
export interface QuoteOptions {
  readonly seed: number
  readonly quotesPerMinute: number
}

const minuteMs = 60_000

/** Generates the quotes of a day in the format of Yahoo, while shares are traded. One in two hundred arrives twice. */
export function* generateQuotes(
  { seed, quotesPerMinute }: QuoteOptions,
  day: MarketDay,
): Iterable<string> {
  if (day.tradingMinutes === undefined) return
  const { from, to } = day.tradingMinutes
  const random = createRandom(seed, "quotes", day.day)
  const quoted = demoTickers.map((ticker) => {
    const prices = computePrices(seed, ticker, day)
    return { ticker, prices, close: prices[0] ?? ticker.cents, volume: 0 }
  })
  for (let minute = from; minute < to; minute += 1) {
    for (const quote of quoted) {
      for (let count = 0; count < quotesPerMinute; count += 1) {
        quote.volume += 1 + random.below(5_000)
        const cents = (quote.prices[minute] ?? 0) + random.below(11) - 5
        const timestamp = day.startMs + minute * minuteMs + random.below(minuteMs)
        const line = formatQuote({ ...quote, id: quote.ticker.id, cents, timestamp })
        yield line
        if (random.below(200) === 0) yield line
      }
    }
  }
}

interface QuoteValues {
  readonly id: string
  readonly cents: number
  readonly close: number
  readonly volume: number
  readonly timestamp: number
}

function formatQuote({ id, cents, close, volume, timestamp }: QuoteValues): string {
  const change = cents - close
  return JSON.stringify({
    id,
    exchange: "NMS",
    quoteType: 8,
    price: cents / 100,
    timestamp,
    marketHours: 1,
    changePercent: Math.round((change * 10_000) / close) / 100,
    dayVolume: volume,
    change: change / 100,
    priceHint: 2,
  })
}
