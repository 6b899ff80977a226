import { readFileSync } from "node:fs"

import { describe, expect, test } from "vitest"

import {
  createTextScorer,
  trainTextClassifier,
} from "../../../src/reputation/text/text-classifier.ts"
import { findRealFile } from "../../real-data.ts"
import { cleanText } from "../oracle/weekly-documents.ts"

const texts = [
  { text: "earnings growth report", isGood: true },
  { text: "earnings report margin", isGood: true },
  { text: "to the moon pump", isGood: false },
  { text: "pump it to the moon", isGood: false },
]

test("a classifier separates texts by their words, and knows terms of two documents", () => {
  const classifier = trainTextClassifier(texts)
  expect(classifier?.vocabulary.map(({ term }) => term)).toEqual([
    "earnings",
    "moon",
    "pump",
    "report",
    "the",
    "the moon",
    "to",
    "to the",
  ])
  const score = createTextScorer(classifier!)
  expect(texts.map(({ text }) => score(text) >= 0.5)).toEqual([true, true, false, false])
  expect(score("words that no document has")).toBeCloseTo(0.5, 1)
})

test("texts with one label train nothing", () => {
  expect(trainTextClassifier(texts.slice(0, 2))).toBeUndefined()
  expect(trainTextClassifier([])).toBeUndefined()
})

const { path, exists, skipNote } = findRealFile("stock-tweets-sentiment/tweets_labelled.csv")

/** Reads the labelled tweets; a record may have several lines. */
function readTweets() {
  const records = readFileSync(path, "utf8").matchAll(
    /^\d+;[^;]*;(?:"((?:[^"]|"")*)"|([^;"\n]*));(positive|negative|neutral)\r?$/gm,
  )
  return [...records].map(([, quoted, plain = "", sentiment]) => ({
    text: cleanText(quoted?.replaceAll('""', '"') ?? plain),
    isGood: sentiment === "positive",
  }))
}

/** 5-fold micro F1 of scikit-learn 1.9: TfidfVectorizer and LogisticRegression with the same words, pairs, limits and C = 4. */
const scikitLearnF1 = 0.6885

describe.skipIf(!exists)(`labelled tweets${skipNote}`, () => {
  test("the 5-fold micro F1 is that of scikit-learn", () => {
    const tweets = readTweets()
    expect(tweets).toHaveLength(1300)
    const folds = [0, 1, 2, 3, 4].map((fold) => {
      const classifier = trainTextClassifier(tweets.filter((_, at) => at % 5 !== fold))
      const score = createTextScorer(classifier!)
      const heldOut = tweets.filter((_, at) => at % 5 === fold)
      return heldOut.filter(({ text, isGood }) => score(text) >= 0.5 === isGood).length
    })
    const right = folds.reduce((sum, count) => sum + count, 0)
    expect(right / tweets.length).toBeGreaterThanOrEqual(scikitLearnF1 - 0.01)
  })
})
