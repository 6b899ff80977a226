import type { DemoScale } from "../stocktwits/options.ts"

/** Numbers of authors, of tweets of a weekday, of quotes of each ticker in a minute, and of labelled tweets. */
export interface StockTweetsDemoSizes {
  readonly authors: number
  readonly tweetsPerDay: number
  readonly quotesPerMinute: number
  readonly labelledTweets: number
}

/** Sizes of each scale. */
export const stockTweetsDemoSizes: Readonly<Record<DemoScale, StockTweetsDemoSizes>> = {
  S: { authors: 800, tweetsPerDay: 2_000, quotesPerMinute: 2, labelledTweets: 900 },
  M: { authors: 30_000, tweetsPerDay: 100_000, quotesPerMinute: 20, labelledTweets: 1_300 },
  L: { authors: 300_000, tweetsPerDay: 1_000_000, quotesPerMinute: 60, labelledTweets: 1_300 },
}
