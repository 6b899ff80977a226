import {
  type LinearModel,
  toProbability,
  trainLogisticRegression,
} from "../../text-classification/logistic-regression.ts"
import { multiplyRows, toSparseRows } from "../../text-classification/sparse-rows.ts"
import { countTerms } from "../../text-classification/terms.ts"
import {
  buildVocabulary,
  createVectorizer,
  type Vocabulary,
} from "../../text-classification/vocabulary.ts"

/** A text that was labelled by hand. */
export interface LabelledText {
  readonly text: string
  readonly isGood: boolean
}

/** A classifier of texts: the weight of each term's TF-IDF value in the log odds of a good text. */
export interface TextClassifier extends LinearModel {
  readonly vocabulary: Vocabulary
}

const vocabularyLimits = { minimumDocuments: 2, terms: 18_900 }
const strength = 4

/** Trains a classifier of cleaned texts; undefined unless there are good texts and others. */
export function trainTextClassifier(texts: readonly LabelledText[]): TextClassifier | undefined {
  const labels = texts.map(({ isGood }) => isGood)
  if (!labels.includes(true) || !labels.includes(false)) return undefined
  const vocabulary = buildVocabulary(
    mapTexts(texts, (terms) => terms),
    vocabularyLimits,
  )
  const rows = toSparseRows(mapTexts(texts, createVectorizer(vocabulary)))
  const model = trainLogisticRegression(rows, { labels, columns: vocabulary.length, strength })
  return { vocabulary, ...model }
}

/** Converts the terms of one text after the other: those of all texts would need much memory. */
function* mapTexts<T>(
  texts: readonly LabelledText[],
  convert: (terms: ReadonlyMap<string, number>) => T,
): Generator<T, void> {
  for (const { text } of texts) yield convert(countTerms(text))
}

/** Creates a function that computes the probability of a cleaned text to be good. */
export function createTextScorer(classifier: TextClassifier): (text: string) => number {
  const vectorize = createVectorizer(classifier.vocabulary)
  return (text) => {
    const row = toSparseRows([vectorize(countTerms(text))])
    const [logOdds = 0] = multiplyRows(row, classifier.weights, classifier.intercept)
    return toProbability(logOdds)
  }
}
