import { int64, nullable, sourceAsset, sql, text } from "@freshet/core"

import { unpartitionedLandedOptions } from "./asset-options.ts"

export const labelledTweets = sourceAsset({
  ...unpartitionedLandedOptions,
  name: "labelled_tweets",
  description:
    "Tweets on shares of which some were labelled with a sentiment by hand, in one file. They train the classifier of tweets.",
  format: { kind: "csv", delimiter: ";", header: { tweet_id: "id" } },
  path: "sentiment/labelled_tweets.csv",
  columns: {
    tweet_id: int64("Id of the tweet in the file."),
    text: text("Text of the tweet."),
    sentiment: nullable(text("positive, neutral or negative; null if not labelled.")),
  },
  reject: [
    {
      reason: "unknown_sentiment",
      when: sql`sentiment not in ('positive', 'neutral', 'negative')`,
    },
  ],
  duplicate: { reason: "duplicate_id", columns: ["tweet_id"], when: sql`true` },
})
