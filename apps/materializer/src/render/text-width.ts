import { stripVTControlCharacters } from "node:util"

import { eastAsianWidth } from "get-east-asian-width"

/** Characters of our own texts. They take one column each. */
const narrow = /^[ -~–…→≈─│└├█░▶◇◌●◐✓✕]*$/

const invisible =
  /^[\p{Default_Ignorable_Code_Point}\p{Control}\p{Format}\p{Nonspacing_Mark}\p{Enclosing_Mark}\p{Emoji_Modifier}]$/u

const joiner = "\u200D"
const emojiStyle = "\uFE0F"

/** Returns how many columns a text takes in a terminal: wide letters and emoji take two. */
export function textWidth(text: string): number {
  if (narrow.test(text)) return text.length
  let width = 0
  let [before, beforeWidth] = ["", 0]
  for (const letter of stripVTControlCharacters(text)) {
    if (letter === emojiStyle && beforeWidth === 1) width += 1
    beforeWidth = before === joiner ? 0 : letterWidth(letter)
    width += beforeWidth
    before = letter
  }
  return width
}

function letterWidth(letter: string): number {
  return invisible.test(letter) ? 0 : eastAsianWidth(letter.codePointAt(0) ?? 0)
}
