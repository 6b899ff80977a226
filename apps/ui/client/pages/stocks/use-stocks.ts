import type { PageQueryDocument } from "../../api/documents.ts"
import { formatPath, useDocument, usePageQueries } from "../../api/use-document.ts"
import { type BarLength, type StockBar, type TimeRange, toStockBars } from "./stock-bars.ts"

/** A followed ticker; the days are undefined if no tweet names it. */
export interface Ticker {
  readonly id: string
  readonly name: string
  readonly firstDay: string | undefined
  readonly lastDay: string | undefined
}

/** Reads the followed tickers; undefined before the first minutes are published. */
export function useTickers() {
  const { data, error } = usePageQueries(["stock_tickers"])
  const [document] = data ?? []
  const tickers = document?.rows.map((row): Ticker => ({
    id: String(row["ticker_id"]),
    name: String(row["full_name"]),
    firstDay: toText(row["first_day"]),
    lastDay: toText(row["last_day"]),
  }))
  return { tickers, error }
}

function toText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined
}

/** The bars of a request. */
export interface BarRequest {
  readonly ticker: string
  readonly firstDay: string | undefined
  readonly lastDay: string | undefined
  readonly zoom: TimeRange | undefined
  readonly length: BarLength
}

/** The bars that were read, and if there are more than a page shows. */
export interface LoadedBars {
  readonly bars: readonly StockBar[]
  readonly hasMore: boolean
}

/** Reads the bars of a range. While they are read, the bars are those of an earlier request. */
export function useBars({ ticker, firstDay, lastDay, zoom, length }: BarRequest) {
  const { data, error, isPlaceholderData } = usePageQueries(["stock_bars"], {
    ticker,
    first_day: firstDay,
    last_day: lastDay,
    zoom_start: zoom && toIso(zoom.startMs),
    zoom_end: zoom && toIso(zoom.endMs),
    bar: length,
  })
  const [document] = data ?? []
  const loaded: LoadedBars | undefined = document && {
    bars: toStockBars(document),
    hasMore: document.more,
  }
  return { loaded, error, isEarlier: isPlaceholderData }
}

/** A tweet of a bar. */
export interface BarTweet {
  readonly id: string
  readonly tweetedMs: number
  readonly userName: string
  readonly text: string
  readonly sentiment: string
}

/** The number of tweets that the table shows. */
export const shownTweets = 200

/** Reads the first tweets of a bar; undefined while they are read. */
export function useTweets(ticker: string, { startMs, endMs }: TimeRange) {
  const path = formatPath("/api/queries/stock_tweets", {
    ticker,
    start: toIso(startMs),
    end: toIso(endMs),
    limit: shownTweets,
  })
  const { data, isPlaceholderData } = useDocument<PageQueryDocument>(path)
  if (data === undefined || isPlaceholderData) return undefined
  return data.rows.map((row): BarTweet => ({
    id: String(row["tweet_id"]),
    tweetedMs: Date.parse(String(row["tweeted_at"])),
    userName: String(row["user_name"]),
    text: String(row["text"]),
    sentiment: String(row["sentiment"]),
  }))
}

function toIso(instantMs: number): string {
  return new Date(instantMs).toISOString()
}
