/** Patterns of Python literals, for rules that reject lines. */
const textPattern = String.raw`(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")`
const numberPattern = String.raw`\d{1,9}`
const valuePattern = String.raw`(?:${textPattern}|-?\d+(?:\.\d+)?|None|True|False)`
const laterEntries = `(?:, ${textPattern}: ${valuePattern})*`
const earlierEntries = `(?:${textPattern}: ${valuePattern}, )*`

/** Kind of value that a required key has. */
type ValueKind = "number" | "text" | "text_or_none" | "any"

const valuePatterns: Readonly<Record<ValueKind, string>> = {
  number: numberPattern,
  text: textPattern,
  text_or_none: `(?:${textPattern}|None)`,
  any: valuePattern,
}

function buildEntryPattern(key: string, kind: ValueKind): string {
  return `'${key}': ${valuePatterns[kind]}`
}

/** Builds the pattern of a dict with two required keys in either order, and any other keys. */
export function buildUnorderedDictPattern(
  [first, firstKind]: readonly [string, ValueKind],
  [second, secondKind]: readonly [string, ValueKind],
): string {
  const [a, b] = [buildEntryPattern(first, firstKind), buildEntryPattern(second, secondKind)]
  return String.raw`\{${earlierEntries}(?:${a}${laterEntries}, ${b}|${b}${laterEntries}, ${a})${laterEntries}\}`
}

/** Builds the pattern of a dict that begins with these keys in this order. */
export function buildDictPattern(...keys: readonly (readonly [string, ValueKind])[]): string {
  return String.raw`\{${keys.map(([key, kind]) => buildEntryPattern(key, kind)).join(", ")}${laterEntries}\}`
}

/** Builds the pattern of a list of dicts. */
export function buildListPattern(dict: string): string {
  return String.raw`\[(?:${dict}(?:, ${dict})*)?\]`
}
