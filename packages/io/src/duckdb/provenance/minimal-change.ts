/**
 * Finds a set of items of which none can be left in: testing the whole set is positive, and no tested part of it is.
 * Halves, quarters and so on are tested, and their complements (delta debugging); tests of one size run together.
 * Returns no items if the test of all is negative.
 */
export async function findMinimalChange<T>(
  items: readonly T[],
  test: (sets: readonly ReadonlySet<T>[]) => Promise<readonly boolean[]>,
): Promise<readonly T[]> {
  const [isPositive = false] = await test([new Set(items)])
  if (!isPositive) return []
  let current = items
  let parts = Math.min(2, current.length)
  while (current.length > 1) {
    const chunks = splitEvenly(current, parts)
    const rests = chunks.map((chunk) => current.filter((item) => !chunk.includes(item)))
    const sets = parts === 2 ? chunks : [...chunks, ...rests]
    const results = await test(sets.map((set) => new Set(set)))
    const smaller = sets.find((_, at) => results[at] === true)
    if (smaller !== undefined) {
      parts = smaller.length === chunks[0]?.length ? 2 : Math.max(2, parts - 1)
      parts = Math.min(parts, smaller.length)
      current = smaller
    } else if (parts === current.length) return current
    else parts = Math.min(current.length, parts * 2)
  }
  return current
}

function splitEvenly<T>(items: readonly T[], parts: number): readonly (readonly T[])[] {
  return Array.from({ length: parts }, (_, at) =>
    items.slice(
      Math.floor((at * items.length) / parts),
      Math.floor(((at + 1) * items.length) / parts),
    ),
  )
}
