import {
  decimal,
  int32,
  itself,
  noRows,
  publishTo,
  sql,
  sqlAsset,
  text,
  timestamp,
  unique,
} from "@freshet/core"

import { dailyOptions, dueOptions, publishedQuotes, publishedTweets } from "./asset-options.ts"
import { listFollowed, type StockTweetsSettings } from "./settings.ts"
import {
  tickersMinuteAvg as pricesTable,
  tweetsSentimentsMinuteSum as sumsTable,
} from "./tables.ts"
import type { tickerTweets } from "./ticker-tweets.ts"
import { tickers } from "./tickers.ts"
import { timesInPartition } from "./times-in-partition.ts"

const minuteColumns = {
  ticker_id: text("The ticker."),
  minute: timestamp("Start of the minute."),
}

function countSentiment(sentiment: "positive" | "negative" | "neutral") {
  return sql`(count(*) filter (where sentiment = ${sentiment}))::integer`
}

export function tweetsSentimentsMinuteSum(tweets: ReturnType<typeof tickerTweets>) {
  return sqlAsset({
    ...dueOptions,
    name: "tweets_sentiments_minute_sum",
    description:
      "Number of tweets of each sentiment about each followed ticker, by minute. A tweet about two tickers counts for both.",
    columns: {
      ...minuteColumns,
      positive_count: int32("Positive tweets.", { unit: "tweets" }),
      negative_count: int32("Negative tweets.", { unit: "tweets" }),
      neutral_count: int32("Neutral tweets.", { unit: "tweets" }),
    },
    query: sql`
      select ticker_id, date_trunc('minute', tweeted_at) as minute,
        ${countSentiment("positive")} as positive_count,
        ${countSentiment("negative")} as negative_count,
        ${countSentiment("neutral")} as neutral_count
      from (select unnest(ticker_ids) as ticker_id, tweeted_at, sentiment from ${tweets}) as tweets
      group by ticker_id, minute`,
    checks: [
      unique("ticker_id", "minute"),
      timesInPartition("ticker_id", "minute"),
      noRows("every_tweet_counts", {
        description: "the counts of the day add up to its tweets, once for each ticker",
        query: sql`
          with sums as (
            select sum(positive_count + negative_count + neutral_count) as counted from ${itself}
          ), tweets as (select sum(len(ticker_ids)) as expected from ${tweets})
          select counted, expected from sums, tweets where counted is distinct from expected`,
      }),
    ],
    publish: publishTo(sumsTable, publishedTweets),
  })
}

/** The sum of the prices in whole millionths of a dollar, which does not depend on their order. */
const sumOfMillionths = sql`sum(round(price * 1000000)::hugeint)`

export function tickersMinuteAvg(settings: StockTweetsSettings) {
  return sqlAsset({
    ...dailyOptions,
    name: "tickers_minute_avg",
    description:
      "Average price of each followed ticker by minute. Prices are rounded to millionths of a dollar, and so is their average.",
    columns: {
      ...minuteColumns,
      price: decimal(18, 6, "Average price.", { unit: "dollars" }),
      quotes: int32("Number of quotes.", { unit: "quotes" }),
    },
    query: sql`
      with sums as (
        select ticker_id, date_trunc('minute', quoted_at) as minute,
          ${sumOfMillionths} as total, count(*)::integer as quotes
        from ${tickers} where list_contains(${listFollowed(settings)}, ticker_id)
        group by ticker_id, minute
      ), averages as (
        select ticker_id, minute, quotes,
          sign(total) * ((2 * abs(total) + quotes) // (2 * quotes)) as millionths
        from sums
      )
      select ticker_id, minute,
        (millionths::decimal(18, 0) * 0.000001::decimal(7, 6))::decimal(18, 6) as price, quotes
      from averages`,
    checks: [unique("ticker_id", "minute"), timesInPartition("ticker_id", "minute")],
    publish: publishTo(pricesTable, publishedQuotes),
  })
}
