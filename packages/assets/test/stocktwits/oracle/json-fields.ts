/**
 * The first token of each top-level value, by key: `{"a": [1], "b": 5.0}` gives a → `[`, b → `5.0`.
 * Numbers stay text, so 5.0 is not 5 and an id beyond 2^53 is not rounded. Undefined when the line
 * is not exactly one JSON object (RFC 8259), or says a top-level key twice.
 */
export function findJsonFields(line: string): ReadonlyMap<string, string> | undefined {
  if (!isJsonObject(line)) return undefined
  const pairs = listTopLevelPairs(listTokens(line))
  const fields = new Map(pairs)
  return fields.size === pairs.length ? fields : undefined
}

function isJsonObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === "object" && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

function listTokens(line: string): readonly string[] {
  return line.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g) ?? []
}

function listTopLevelPairs(tokens: readonly string[]): readonly (readonly [string, string])[] {
  const pairs: [string, string][] = []
  let depth = 0
  for (const [at, token] of tokens.entries()) {
    if (token === "{" || token === "[") depth += 1
    if (token === "}" || token === "]") depth -= 1
    if (token === ":" && depth === 1) {
      pairs.push([String(JSON.parse(tokens[at - 1] ?? "")), tokens[at + 1] ?? ""])
    }
  }
  return pairs
}
