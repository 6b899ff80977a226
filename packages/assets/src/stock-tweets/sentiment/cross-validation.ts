import {
  createSentimentScorer,
  type LabelledText,
  type Sentiment,
  sentimentNames,
  trainSentimentClassifier,
} from "./sentiment-classifier.ts"

/** The numbers of texts by labelled sentiment and by the sentiment that they were classified as. */
export type ConfusionMatrix = Readonly<Record<Sentiment, Readonly<Record<Sentiment, number>>>>

const folds = 5

/** Classifies each text by a classifier that was trained with the other folds; equal texts are in the same fold. */
export function crossValidate(texts: readonly LabelledText[]): ConfusionMatrix {
  const textFolds = assignFolds(texts)
  const counts = createCounts()
  for (let fold = 0; fold < folds; fold += 1) {
    const isHeldOut = ({ text }: LabelledText) => textFolds.get(text) === fold
    const score = createSentimentScorer(
      trainSentimentClassifier(texts.filter((text) => !isHeldOut(text))),
    )
    for (const { text, sentiment } of texts.filter(isHeldOut))
      counts[sentiment][score(text).sentiment] += 1
  }
  return counts
}

/** Distributes the texts of each sentiment evenly over the folds, in their order. */
function assignFolds(texts: readonly LabelledText[]): ReadonlyMap<string, number> {
  const textFolds = new Map<string, number>()
  for (const name of sentimentNames) {
    let count = 0
    for (const { text, sentiment } of texts) {
      if (sentiment !== name || textFolds.has(text)) continue
      textFolds.set(text, count % folds)
      count += 1
    }
  }
  return textFolds
}

function createCounts() {
  const createRow = () => ({ positive: 0, neutral: 0, negative: 0 })
  return { positive: createRow(), neutral: createRow(), negative: createRow() }
}

/** Computes the share of texts that are classified as labelled, which is the micro F1 of labels that exclude each other. */
export function computeMicroF1(matrix: ConfusionMatrix): number {
  const correct = sentimentNames.reduce((sum, name) => sum + matrix[name][name], 0)
  return correct / sentimentNames.reduce((sum, name) => sum + countLabelled(matrix, name), 0)
}

/** Computes the mean of the F1 scores of the sentiments; 0 for one that no text has. */
export function computeMacroF1(matrix: ConfusionMatrix): number {
  const scores = sentimentNames.map((name) => {
    const texts = countLabelled(matrix, name) + countClassified(matrix, name)
    return texts === 0 ? 0 : (2 * matrix[name][name]) / texts
  })
  return scores.reduce((sum, score) => sum + score, 0) / scores.length
}

/** Counts the texts that are labelled with a sentiment. */
function countLabelled(matrix: ConfusionMatrix, labelled: Sentiment): number {
  return sentimentNames.reduce((sum, name) => sum + matrix[labelled][name], 0)
}

function countClassified(matrix: ConfusionMatrix, classified: Sentiment): number {
  return sentimentNames.reduce((sum, name) => sum + matrix[name][classified], 0)
}
