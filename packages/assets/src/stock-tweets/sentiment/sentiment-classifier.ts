import {
  computeProbabilities,
  type MultinomialModel,
  trainMultinomialRegression,
} from "../../text-classification/multinomial-regression.ts"
import { type SparseRow, toSparseRows } from "../../text-classification/sparse-rows.ts"
import {
  buildVocabulary,
  createVectorizer,
  type Vocabulary,
} from "../../text-classification/vocabulary.ts"
import { countTweetTerms } from "./tweet-terms.ts"

/** The sentiments in the order of their columns. */
export const sentimentNames = ["positive", "neutral", "negative"] as const

export type Sentiment = (typeof sentimentNames)[number]

/** A cleaned text that was labelled by hand. */
export interface LabelledText {
  readonly text: string
  readonly sentiment: Sentiment
}

/** A classifier of cleaned texts: the weights of each term's TF-IDF value in the log odds of the sentiments. */
export interface SentimentClassifier {
  readonly vocabulary: Vocabulary
  readonly model: MultinomialModel
}

/** The sentiment of a text, and the probability of each. */
export interface ClassifiedText extends Readonly<Record<Sentiment, number>> {
  readonly sentiment: Sentiment
}

const vocabularyLimits = { minimumDocuments: 2, terms: 20_000 }
const strength = 4

/** Trains a classifier of cleaned texts. */
export function trainSentimentClassifier(texts: readonly LabelledText[]): SentimentClassifier {
  const documents = texts.map(({ text }) => countTweetTerms(text))
  const vocabulary = buildVocabulary(documents, vocabularyLimits)
  const vectorize = createTweetVectorizer(vocabulary)
  const model = trainMultinomialRegression(toSparseRows(documents.map(vectorize)), {
    rowLabels: texts.map(({ sentiment }) => sentimentNames.indexOf(sentiment)),
    labels: sentimentNames.length,
    columns: vocabulary.length,
    strength,
  })
  return { vocabulary, model }
}

/** Creates a function that classifies cleaned texts. */
export function createSentimentScorer({
  vocabulary,
  model,
}: SentimentClassifier): (text: string) => ClassifiedText {
  const vectorize = createTweetVectorizer(vocabulary)
  return (text) => {
    const row = toSparseRows([vectorize(countTweetTerms(text))])
    const [positive = 0, neutral = 0, negative = 0] = computeProbabilities(model, row, 0)
    const largest = Math.max(positive, neutral, negative)
    const at = [positive, neutral, negative].indexOf(largest)
    return { sentiment: sentimentNames[at] ?? "neutral", positive, neutral, negative }
  }
}

/** Repetitions of a term count less than its first occurrence. */
function createTweetVectorizer(
  vocabulary: Vocabulary,
): (counts: ReadonlyMap<string, number>) => SparseRow {
  return createVectorizer(vocabulary, (count) => 1 + Math.log(count))
}
