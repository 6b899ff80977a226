import {
  bool,
  float64,
  int32,
  int64,
  list,
  nullable,
  sourceAsset,
  sql,
  struct,
  text,
} from "@freshet/core"

import { landedOptions } from "./asset-options.ts"
import { isOutsidePartition, parseTwitterTime, toInstant } from "./event-time.ts"

/** The last millisecond of the year 9999. */
const lastMillisecond = 253_402_300_799_999

/** Millionths of a dollar up to this price are exact in a float64. */
const maxPrice = 1_000_000_000

const tweetCreatedAt = parseTwitterTime(sql`tweet_created_at`)

export const tweetMessages = sourceAsset({
  ...landedOptions,
  name: "tweet_messages",
  description:
    "Tweets of the day in the format of Twitter 1.1, one JSON object per line, in any number of files. A tweet belongs to the day of New York on which it was written, whenever its file lands.",
  format: {
    kind: "json_lines",
    keys: {
      tweet_id: "id",
      tweet_created_at: "created_at",
      full_text: ["extended_tweet", "full_text"],
      symbols: ["entities", "symbols"],
      user_id: ["user", "id"],
      user_name: ["user", "name"],
      user_created_at: ["user", "created_at"],
      user_location: ["user", "location"],
      user_description: ["user", "description"],
      user_followers_count: ["user", "followers_count"],
      user_statuses_count: ["user", "statuses_count"],
      user_verified: ["user", "verified"],
    },
  },
  path: "twitter/{yyyy}/{mm}/{dd}/*.json",
  stream: { kind: "kafka", topic: "tweets", time: "created_at", timeFormat: "twitter" },
  whenMissing: "gap",
  columns: {
    tweet_id: int64("Id of the tweet."),
    tweet_created_at: text("Time of the tweet, such as Wed Oct 10 20:19:24 +0000 2018."),
    source: nullable(text("HTML link of the program that sent the tweet.")),
    retweet_count: int32("Number of retweets.", { unit: "tweets" }),
    favorite_count: int32("Number of likes.", { unit: "likes" }),
    text: text("Text of the tweet, cut if it is long."),
    full_text: nullable(text("Full text of a long tweet.")),
    symbols: nullable(list(struct({ text: text("The ticker.") }), "Tickers in the text.")),
    user_id: int64("Author of the tweet."),
    user_name: text("Name of the author at the time."),
    user_created_at: text("Time at which the author joined."),
    user_location: nullable(text("Location, as written by the author.")),
    user_description: nullable(text("Description, as written by the author.")),
    user_followers_count: int32("Number of followers.", { unit: "users" }),
    user_statuses_count: int32("Number of tweets of the author.", { unit: "tweets" }),
    user_verified: bool("True if Twitter verified the author."),
  },
  reject: [
    {
      reason: "wrong_type",
      when: sql`${tweetCreatedAt} is null or ${parseTwitterTime(sql`user_created_at`)} is null`,
    },
    { reason: "outside_the_day", when: isOutsidePartition(tweetCreatedAt) },
  ],
})

export const quoteMessages = sourceAsset({
  ...landedOptions,
  name: "quote_messages",
  description:
    "Quotes of the day in the format of Yahoo, one JSON object per line, in any number of files. A quote belongs to the day of New York of its own time, whenever its file lands.",
  format: {
    kind: "json_lines",
    keys: {
      ticker_id: "id",
      change_percent: "changePercent",
      day_volume: "dayVolume",
    },
  },
  path: "stocks/{yyyy}/{mm}/{dd}/*.json",
  stream: { kind: "kafka", topic: "stocks", time: "timestamp", timeFormat: "epoch_ms" },
  whenMissing: "gap",
  columns: {
    ticker_id: text("The ticker."),
    price: float64("Price.", { unit: "dollars" }),
    timestamp: int64("Time of the quote.", { unit: "milliseconds since 1970" }),
    change_percent: float64("Change since the last close.", { unit: "percent" }),
    day_volume: int64("Shares traded on the day until then.", { unit: "shares" }),
    change: float64("Change since the last close.", { unit: "dollars" }),
  },
  reject: [
    {
      reason: "wrong_type",
      when: sql`timestamp < 0 or timestamp > ${lastMillisecond}`,
    },
    { reason: "price_out_of_range", when: sql`not abs(price) <= ${maxPrice}` },
    { reason: "outside_the_day", when: isOutsidePartition(toInstant(sql`timestamp`)) },
  ],
})
