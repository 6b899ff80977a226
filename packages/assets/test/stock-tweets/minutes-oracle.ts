import {
  getText,
  listTickers,
  type Quote,
  selectNewestTweets,
  selectQuotes,
  selectTweets,
  toIso,
  type Tweet,
} from "./oracle.ts"

type Row = readonly unknown[]

/** Computes the rows of `ticker_tweets` of a day, given the sentiment of each tweet by id. */
export function computeTickerTweets(
  messages: readonly Tweet[],
  followed: readonly string[],
  sentiments: ReadonlyMap<string, string>,
): readonly Row[] {
  const newestByAuthor = selectNewestTweets(messages)
  return selectTweets(messages).flatMap((tweet) => {
    const tickers = listTickers(tweet).filter((ticker) => followed.includes(ticker))
    if (tickers.length === 0) return []
    return [
      [
        String(tweet.id),
        toIso(tweet.created_at),
        tickers,
        String(tweet.user.id),
        newestByAuthor.get(tweet.user.id)?.user.name,
        getText(tweet),
        sentiments.get(String(tweet.id)),
      ],
    ]
  })
}

/** Computes the rows of `tweets_sentiments_minute_sum` of a day. */
export function computeMinuteSums(
  messages: readonly Tweet[],
  followed: readonly string[],
  sentiments: ReadonlyMap<string, string>,
): readonly Row[] {
  const sums = new Map<string, { [sentiment: string]: number }>()
  for (const tweet of selectTweets(messages)) {
    const sentiment = sentiments.get(String(tweet.id)) ?? "none"
    for (const ticker of listTickers(tweet)) {
      if (!followed.includes(ticker)) continue
      const key = `${ticker} ${toMinute(Date.parse(tweet.created_at))}`
      const counts = sums.get(key) ?? {}
      counts[sentiment] = (counts[sentiment] ?? 0) + 1
      sums.set(key, counts)
    }
  }
  return [...sums].map(([key, { positive = 0, negative = 0, neutral = 0 }]) => [
    ...key.split(" "),
    positive,
    negative,
    neutral,
  ])
}

/** Computes the rows of `tickers_minute_avg` of a day: prices and averages in whole millionths of a dollar. */
export function computeMinutePrices(
  quotes: readonly Quote[],
  followed: readonly string[],
): readonly Row[] {
  const prices = new Map<string, bigint[]>()
  for (const { id, price, timestamp } of selectQuotes(quotes)) {
    if (!followed.includes(id)) continue
    const key = `${id} ${toMinute(timestamp)}`
    const millionths = Math.sign(price) * Math.round(Math.abs(price) * 1e6)
    prices.set(key, [...(prices.get(key) ?? []), BigInt(millionths)])
  }
  return [...prices].map(([key, values]) => [
    ...key.split(" "),
    formatMillionths(averageOf(values)),
    values.length,
  ])
}

/** Averages whole numbers; halves are rounded away from zero. */
function averageOf(values: readonly bigint[]): bigint {
  const total = values.reduce((sum, value) => sum + value, 0n)
  const size = total < 0n ? -total : total
  const count = BigInt(values.length)
  const [quotient, remainder] = [size / count, size % count]
  const rounded = 2n * remainder >= count ? quotient + 1n : quotient
  return total < 0n ? -rounded : rounded
}

function formatMillionths(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(7, "0")
  return `${value < 0n ? "-" : ""}${digits.slice(0, -6)}.${digits.slice(-6)}`
}

function toMinute(instantMs: number): string {
  return toIso(instantMs - (((instantMs % 60_000) + 60_000) % 60_000))
}
