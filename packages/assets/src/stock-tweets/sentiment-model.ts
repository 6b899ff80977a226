import { codeAsset, float64, nullable, type RowOf, text, unique } from "@freshet/core"

import { modelOptions } from "./asset-options.ts"
import { labelledTweets } from "./labelled-tweets.ts"
import { cleanTweet } from "./sentiment/clean-tweet.ts"
import {
  type ConfusionMatrix,
  computeMacroF1,
  computeMicroF1,
  crossValidate,
} from "./sentiment/cross-validation.ts"
import { loadEmojiNames } from "./sentiment/emoji-names.ts"
import {
  type LabelledText,
  type SentimentClassifier,
  sentimentNames,
  trainSentimentClassifier,
} from "./sentiment/sentiment-classifier.ts"

const columns = {
  part: text("Part of the model: term, intercept, score or confusion."),
  name: text(
    "The term, the name of the score, or in the confusion matrix the sentiment that tweets are labelled with.",
  ),
  idf: nullable(float64("Term: its inverse document frequency.")),
  positive: nullable(
    float64(
      "Term and intercept: the weight in the log odds of a positive tweet. Confusion: the number of tweets that are classified as positive.",
    ),
  ),
  neutral: nullable(float64("The same for neutral tweets.")),
  negative: nullable(float64("The same for negative tweets.")),
  value: nullable(float64("Score: its value, 0 to 1.")),
}

type ModelRow = RowOf<typeof columns>

export const sentimentModel = codeAsset({
  ...modelOptions,
  name: "sentiment_model",
  description:
    "Classifier of tweets by sentiment, trained with the labelled tweets: the terms, among them `+` and `-` for all words of a positive or a negative list, with their weights in a multinomial logistic regression over TF-IDF, and the scores and the confusion matrix of a 5-fold cross-validation.",
  columns,
  version: "2",
  upstream: { tweets: labelledTweets },
  async *compute({ tweets }) {
    const texts = await readLabelledTexts(tweets)
    for (const sentiment of sentimentNames)
      if (!texts.some((text) => text.sentiment === sentiment))
        throw new Error(`No labelled tweet is ${sentiment}, so no model can be trained.`)
    yield* listWeights(trainSentimentClassifier(texts))
    yield* listScores(crossValidate(texts))
  },
  checks: [unique("part", "name")],
})

/** Reads the labelled tweets in the order of their ids. */
async function readLabelledTexts(
  rows: AsyncIterable<RowOf<(typeof labelledTweets)["columns"]>>,
): Promise<readonly LabelledText[]> {
  const emojiNames = await loadEmojiNames()
  const texts: (LabelledText & { readonly id: bigint })[] = []
  for await (const { tweet_id, text, sentiment } of rows) {
    const label = sentimentNames.find((name) => name === sentiment)
    if (label !== undefined)
      texts.push({ id: tweet_id, text: cleanTweet(text, emojiNames), sentiment: label })
  }
  return texts.toSorted((one, other) => (one.id < other.id ? -1 : 1))
}

const emptyRow = { idf: null, positive: null, neutral: null, negative: null, value: null }

function listWeights({ vocabulary, model }: SentimentClassifier): readonly ModelRow[] {
  const getWeights = (column: number) => {
    const first = column * model.labels
    const [positive = 0, neutral = 0, negative = 0] = model.weights.subarray(first)
    return { positive, neutral, negative }
  }
  const terms = vocabulary.map(({ term, idf }, column) => ({
    ...emptyRow,
    part: "term",
    name: term,
    idf,
    ...getWeights(column),
  }))
  const intercept = getWeights(vocabulary.length)
  return [...terms, { ...emptyRow, part: "intercept", name: "intercept", ...intercept }]
}

function listScores(matrix: ConfusionMatrix): readonly ModelRow[] {
  const score = { ...emptyRow, part: "score" }
  return [
    { ...score, name: "micro_f1", value: computeMicroF1(matrix) },
    { ...score, name: "macro_f1", value: computeMacroF1(matrix) },
    ...sentimentNames.map((name) => ({ ...emptyRow, part: "confusion", name, ...matrix[name] })),
  ]
}
