/** The name nearest to a mistyped one; undefined when the edit distance of each exceeds a third of its length. */
export function findNearest(name: string, names: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3))
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of names) {
    const distance = computeEditDistance(name, candidate)
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** Formats the hint for an unknown name: the nearest name, or else the first eight names. */
export function formatSuggestion(name: string, candidates: Iterable<string>): string {
  const names = [...candidates]
  const nearest = findNearest(name, names)
  if (nearest !== undefined) return `Did you mean \`${nearest}\`?`
  return names.length === 0
    ? "There is none."
    : `Known: ${names.slice(0, 8).join(", ")}${names.length > 8 ? ", …" : ""}.`
}

/** The Levenshtein distance, computed row by row. */
function computeEditDistance(name: string, candidate: string): number {
  let previous = Array.from({ length: candidate.length + 1 }, (_, index) => index)
  for (let i = 1; i <= name.length; i += 1) {
    const current = [i]
    for (let j = 1; j <= candidate.length; j += 1) {
      const substitute = (previous[j - 1] ?? 0) + (name[i - 1] === candidate[j - 1] ? 0 : 1)
      current.push(Math.min(substitute, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[candidate.length] ?? 0
}
