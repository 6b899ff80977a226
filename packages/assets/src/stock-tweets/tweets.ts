import {
  bool,
  int32,
  int64,
  list,
  nullable,
  publishTo,
  sql,
  sqlAsset,
  text,
  timestamp,
  unique,
} from "@freshet/core"

import { dailyOptions, publishedTweets } from "./asset-options.ts"
import { parseTwitterTime } from "./event-time.ts"
import { tweetMessages } from "./sources.ts"
import { stagingTweets, stagingUsers } from "./tables.ts"
import { timesInPartition } from "./times-in-partition.ts"

/** The tickers of a message, in upper case, each once, in the order of their texts. */
const tickerIds = sql`
  list_sort(list_distinct(list_transform(symbols, lambda symbol: upper(symbol.text))))`

export const tweets = sqlAsset({
  ...dailyOptions,
  name: "tweets",
  description:
    "Tweets of the day that name a ticker, one row per tweet. Of several messages of a tweet, the one with the most retweets and likes counts.",
  columns: {
    tweet_id: int64("Id of the tweet."),
    user_id: int64("Author of the tweet."),
    tweeted_at: timestamp("Time of the tweet."),
    source: nullable(text("Name of the program that sent the tweet.")),
    retweet_count: int32("Number of retweets.", { unit: "tweets" }),
    favorite_count: int32("Number of likes.", { unit: "likes" }),
    text: text("Full text of the tweet."),
    ticker_ids: list(text(), "Tickers that the tweet names, in upper case, each once, sorted."),
  },
  query: sql`
    select tweet_id, user_id, ${parseTwitterTime(sql`tweet_created_at`)} as tweeted_at,
      case when contains(source, '>') then regexp_extract(source, '>([^<]*)', 1) else source end as source,
      retweet_count, favorite_count, coalesce(full_text, text) as text,
      ${tickerIds} as ticker_ids
    from ${tweetMessages} as messages
    where len(symbols) > 0
    qualify row_number() over (
      partition by tweet_id
      order by retweet_count desc, favorite_count desc, messages::varchar
    ) = 1`,
  checks: [unique("tweet_id"), timesInPartition("tweet_id", "tweeted_at")],
  publish: publishTo(stagingTweets, publishedTweets),
})

export const authors = sqlAsset({
  ...dailyOptions,
  name: "authors",
  description:
    "Authors of the day's tweets that name a ticker, one row per author, as they were in their newest tweet of the day.",
  columns: {
    user_id: int64("Id of the author."),
    tweeted_at: timestamp("Time of the author's newest tweet of the day."),
    name: text("Name."),
    joined_at: timestamp("Time at which the author joined."),
    location: nullable(text("Location, as written by the author.")),
    description: nullable(text("Description, as written by the author.")),
    followers_count: int32("Number of followers.", { unit: "users" }),
    statuses_count: int32("Number of tweets of the author.", { unit: "tweets" }),
    is_verified: bool("True if Twitter verified the author."),
  },
  query: sql`
    select user_id, ${parseTwitterTime(sql`tweet_created_at`)} as tweeted_at, user_name as name,
      ${parseTwitterTime(sql`user_created_at`)} as joined_at, user_location as location,
      user_description as description, user_followers_count as followers_count,
      user_statuses_count as statuses_count, user_verified as is_verified
    from ${tweetMessages} as messages
    where len(symbols) > 0
    qualify row_number() over (
      partition by user_id
      order by tweeted_at desc, tweet_id desc, retweet_count desc, favorite_count desc,
        messages::varchar
    ) = 1`,
  checks: [unique("user_id"), timesInPartition("user_id", "tweeted_at")],
  publish: publishTo(stagingUsers, publishedTweets),
})
