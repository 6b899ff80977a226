import { describeEmojis, type EmojiNames } from "./emoji-names.ts"

/** Patterns and their replacements in the order of cleaning, after emojis have their names. */
const replacements: readonly (readonly [RegExp, string])[] = [
  [/&(?:amp|lt|gt);/g, " "],
  [/^RT\b/g, " "],
  [/https?:\/\/\S*/g, " "],
  [/\$[a-z]\w*(?:\.[a-z]\b)?/gi, " "],
  [/(?<=\w)n['’]t\b/gi, " not"],
  [/\p{N}+/gu, " "],
  [/[^\p{L}_\s]/gu, " "],
]

/** Cleans the text of a tweet: emojis become their names; cashtags, the leading RT, links, digits and other characters that belong to no word are removed. */
export function cleanTweet(text: string, names: EmojiNames): string {
  const described = describeEmojis(text, names)
  const clean = replacements.reduce(
    (part, [pattern, replacement]) => part.replaceAll(pattern, replacement),
    described,
  )
  return markNegations(clean.toLowerCase())
}

const negations = new Set(["not", "no", "never", "without", "cannot"])

/** The number of words after a negation that it changes. */
const negationReach = 3

/** Marks the words after a negation: `not very good` becomes `not not_very not_good`. */
function markNegations(text: string): string {
  let negated = 0
  const words = text.split(/\s+/).filter((word) => word !== "")
  return words
    .map((word) => {
      if (negations.has(word)) negated = negationReach
      else if (negated > 0) {
        negated -= 1
        return `not_${word}`
      }
      return word
    })
    .join(" ")
}
