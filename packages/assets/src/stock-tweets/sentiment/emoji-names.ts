/** Names of emojis, such as `chart_increasing`, by emoji without variants of presentation and skin. */
export type EmojiNames = ReadonlyMap<string, string>

/** Loads the names of Unicode, which only the classification of tweets needs. */
export async function loadEmojiNames(): Promise<EmojiNames> {
  const { default: emojis } = await import("unicode-emoji-json/data-by-emoji.json", {
    with: { type: "json" },
  })
  return new Map(
    Object.entries(emojis).map(([emoji, { slug }]) => [removeVariants(emoji), slug] as const),
  )
}

/** A flag, a key, or pictures that are joined to one. */
const emojiPattern =
  /\p{RI}\p{RI}|[#*\d]\uFE0F?\u20E3|\p{Extended_Pictographic}[\uFE0F\p{EMod}]*(?:\u200D\p{Extended_Pictographic}[\uFE0F\p{EMod}]*)*/gu

/** Replaces each emoji by its name; one without a name by that of its first picture, if that has one. */
export function describeEmojis(text: string, names: EmojiNames): string {
  return text.replaceAll(emojiPattern, (emoji) => {
    const plainEmoji = removeVariants(emoji)
    const [first = ""] = plainEmoji
    return ` ${names.get(plainEmoji) ?? names.get(first) ?? ""} `
  })
}

function removeVariants(emoji: string): string {
  return emoji.replaceAll(/[\uFE0F\p{EMod}]/gu, "")
}
