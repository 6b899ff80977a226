/** Patterns of Python literals, for rules that say which lines can be taken. */
const text = String.raw`(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")`
const number = String.raw`\d{1,9}`
const value = String.raw`(?:${text}|-?\d+(?:\.\d+)?|None|True|False)`
const others = `(?:, ${text}: ${value})*`
const before = `(?:${text}: ${value}, )*`

/** What stands under a key that must be there. */
type Kind = "number" | "text" | "text_or_none" | "any"

const kinds: Readonly<Record<Kind, string>> = {
  number,
  text,
  text_or_none: `(?:${text}|None)`,
  any: value,
}

function entry(key: string, kind: Kind): string {
  return `'${key}': ${kinds[kind]}`
}

/** A dict with two keys in either order, whatever else it has. */
export function dictWith(
  [first, firstKind]: readonly [string, Kind],
  [second, secondKind]: readonly [string, Kind],
): string {
  const [a, b] = [entry(first, firstKind), entry(second, secondKind)]
  return String.raw`\{${before}(?:${a}${others}, ${b}|${b}${others}, ${a})${others}\}`
}

/** A dict that begins with these keys in this order. */
export function dictOf(...keys: readonly (readonly [string, Kind])[]): string {
  return String.raw`\{${keys.map(([key, kind]) => entry(key, kind)).join(", ")}${others}\}`
}

/** A list of such dicts. */
export function listOf(dict: string): string {
  return String.raw`\[(?:${dict}(?:, ${dict})*)?\]`
}
