/** Counts the terms of a cleaned text: its words of two letters or more, and pairs of such words in succession. */
export function countTerms(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const add = (term: string) => counts.set(term, (counts.get(term) ?? 0) + 1)
  let last: string | undefined
  for (const word of text.split(/\s+/)) {
    if (word.length < 2) continue
    add(word)
    if (last !== undefined) add(`${last} ${word}`)
    last = word
  }
  return counts
}
