import {
  codeAsset,
  float64,
  int64,
  itself,
  noRows,
  publishTo,
  type RowOf,
  sql,
  text,
  unique,
} from "@freshet/core"

import { dailyOptions, publishedTweets } from "./asset-options.ts"
import { sentimentModel } from "./sentiment-model.ts"
import { cleanTweet } from "./sentiment/clean-tweet.ts"
import { loadEmojiNames } from "./sentiment/emoji-names.ts"
import {
  createSentimentScorer,
  type SentimentClassifier,
  sentimentNames,
} from "./sentiment/sentiment-classifier.ts"
import { stagingSentiments } from "./tables.ts"
import { tweets } from "./tweets.ts"

export const sentiments = codeAsset({
  ...dailyOptions,
  name: "sentiments",
  description: "Sentiment of each tweet of the day, according to the model.",
  columns: {
    tweet_id: int64("Id of the tweet."),
    sentiment: text("The most probable sentiment: positive, neutral or negative."),
    positive: float64("Probability that the tweet is positive."),
    neutral: float64("Probability that the tweet is neutral."),
    negative: float64("Probability that the tweet is negative."),
  },
  version: "2",
  upstream: { tweets, model: sentimentModel },
  async *compute({ tweets: tweetRows, model }) {
    const score = createSentimentScorer(await readClassifier(model))
    const emojiNames = await loadEmojiNames()
    for await (const { tweet_id, text: body } of tweetRows)
      yield { tweet_id, ...score(cleanTweet(body, emojiNames)) }
  },
  checks: [
    unique("tweet_id"),
    noRows("most_probable_sentiment", {
      description: "the probabilities sum to 1, and the sentiment is the most probable one",
      query: sql`
        select tweet_id, sentiment, positive, neutral, negative from ${itself}
        where abs(positive + neutral + negative - 1) > 1e-9
          or greatest(positive, neutral, negative) is distinct from
            case sentiment when 'positive' then positive when 'neutral' then neutral
              when 'negative' then negative end`,
    }),
  ],
  publish: publishTo(stagingSentiments, publishedTweets),
})

/** The weights of a term in the log odds of the sentiments. */
type Weights = readonly number[]

/** Reads the classifier from the rows of the model, in the order of terms. */
async function readClassifier(
  rows: AsyncIterable<RowOf<(typeof sentimentModel)["columns"]>>,
): Promise<SentimentClassifier> {
  const terms: { readonly term: string; readonly idf: number; readonly weights: Weights }[] = []
  let intercepts: Weights = []
  for await (const { part, name, idf, positive, neutral, negative } of rows) {
    const weights = [positive ?? 0, neutral ?? 0, negative ?? 0]
    if (part === "intercept") intercepts = weights
    else if (part === "term") terms.push({ term: name, idf: idf ?? 0, weights })
  }
  const vocabulary = terms.toSorted((one, other) => (one.term < other.term ? -1 : 1))
  const weights = [...vocabulary.flatMap((term) => term.weights), ...intercepts]
  const model = { labels: sentimentNames.length, weights: Float64Array.from(weights) }
  return { vocabulary, model }
}
