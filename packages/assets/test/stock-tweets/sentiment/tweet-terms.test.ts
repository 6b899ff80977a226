import { expect, test } from "vitest"

import { findPolarity } from "../../../src/stock-tweets/sentiment/polar-words.ts"
import { countTweetTerms } from "../../../src/stock-tweets/sentiment/tweet-terms.ts"

test.each([
  ["gains", "positive"],
  ["rallying", "positive"],
  ["up", "positive"],
  ["update", undefined],
  ["chart_increasing", "positive"],
  ["lows", "negative"],
  ["lowest", undefined],
  ["crashed", "negative"],
  ["not_crashed", "negative"],
  ["earnings", undefined],
])("%s is a word of polarity %s", (word, polarity) => {
  expect(findPolarity(word)).toBe(polarity)
})

test("a tweet has terms for its words, its pairs of words, and for all positive and negative words", () => {
  expect(Object.fromEntries(countTweetTerms("a rally after gains before crash"))).toEqual({
    rally: 1,
    after: 1,
    gains: 1,
    before: 1,
    crash: 1,
    "rally after": 1,
    "after gains": 1,
    "gains before": 1,
    "before crash": 1,
    "+": 2,
    "-": 1,
  })
})
