import { countTerms } from "../../text-classification/terms.ts"
import { findPolarity } from "./polar-words.ts"

/** The terms that count polar words. No word of a cleaned text is equal to them. */
const polarTerms = { positive: "+", negative: "-" } as const

/** Counts the terms of a cleaned tweet: its words, pairs of words, and its positive and negative words. */
export function countTweetTerms(text: string): ReadonlyMap<string, number> {
  const counts = new Map(countTerms(text))
  for (const word of text.split(" ")) {
    const polarity = findPolarity(word)
    if (polarity === undefined) continue
    const term = polarTerms[polarity]
    counts.set(term, (counts.get(term) ?? 0) + 1)
  }
  return counts
}
