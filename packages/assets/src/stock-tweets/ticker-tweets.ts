import {
  int64,
  itself,
  list,
  noRows,
  oneOf,
  publishTo,
  sql,
  sqlAsset,
  text,
  timestamp,
  unique,
} from "@freshet/core"

import { dueOptions, publishedTweets } from "./asset-options.ts"
import { sentimentNames } from "./sentiment/sentiment-classifier.ts"
import { sentiments } from "./sentiments.ts"
import { listFollowed, type StockTweetsSettings } from "./settings.ts"
import { tweets as tweetsTable } from "./tables.ts"
import { timesInPartition } from "./times-in-partition.ts"
import { authors, tweets } from "./tweets.ts"

/** Declares the tweets that name a followed ticker. `GOOG` is not `GOOGL`. */
export function tickerTweets(settings: StockTweetsSettings) {
  const followed = listFollowed(settings)
  return sqlAsset({
    ...dueOptions,
    name: "ticker_tweets",
    description: "Tweets of the day that name a followed ticker, with their sentiments.",
    columns: {
      tweet_id: int64("Id of the tweet."),
      tweeted_at: timestamp("Time of the tweet."),
      ticker_ids: list(text(), "Followed tickers that the tweet names, sorted."),
      user_id: int64("Author of the tweet."),
      user_name: text("Name of the author in their newest tweet of the day."),
      text: text("Full text of the tweet."),
      sentiment: text("Sentiment of the tweet: positive, negative or neutral."),
    },
    query: sql`
      select tweets.tweet_id, tweets.tweeted_at,
        list_filter(tweets.ticker_ids, lambda ticker_id: list_contains(${followed}, ticker_id))
          as ticker_ids,
        tweets.user_id, authors.name as user_name, tweets.text, sentiments.sentiment
      from ${tweets} as tweets
      join ${authors} as authors on authors.user_id = tweets.user_id
      join ${sentiments} as sentiments on sentiments.tweet_id = tweets.tweet_id
      where list_has_any(tweets.ticker_ids, ${followed})`,
    checks: [
      unique("tweet_id"),
      oneOf("sentiment", sentimentNames),
      timesInPartition("tweet_id", "tweeted_at"),
      noRows("every_tweet_is_there", {
        description: "every tweet that names a followed ticker has an author and a sentiment",
        query: sql`
          select tweet_id from ${tweets}
          where list_has_any(ticker_ids, ${followed})
          except select tweet_id from ${itself}`,
      }),
    ],
    publish: publishTo(tweetsTable, publishedTweets),
  })
}
