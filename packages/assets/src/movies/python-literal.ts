/** A value in the notation of Python's `repr`: texts, numbers, None, True, False, and lists and dicts of them. */
export type PythonValue =
  | string
  | number
  | boolean
  | null
  | readonly PythonValue[]
  | ReadonlyMap<string, PythonValue>

/** A value, and the position after it. */
type ParseResult<T> = readonly [value: T, end: number]

/** Parses a Python literal; throws a SyntaxError with the position of the first fault. */
export function parsePython(text: string): PythonValue {
  const [value, end] = parseValue(text, 0)
  if (end !== text.length) throw createSyntaxError(text, end)
  return value
}

function createSyntaxError(text: string, at: number): SyntaxError {
  return new SyntaxError(`no Python literal at ${at}: ${text.slice(at, at + 40)}`)
}

function parseValue(text: string, at: number): ParseResult<PythonValue> {
  const first = text[at]
  if (first === "[") return parseSequence(text, at, "]", parseValue)
  if (first === "{") {
    const [entries, end] = parseSequence(text, at, "}", parseEntry)
    return [new Map(entries), end]
  }
  if (first === "'" || first === '"') return parseText(text, at)
  return parseBareWord(text, at)
}

function parseSequence<T>(
  text: string,
  at: number,
  close: string,
  parseItem: (text: string, at: number) => ParseResult<T>,
): ParseResult<readonly T[]> {
  const items: T[] = []
  let next = skipSpace(text, at + 1)
  while (text[next] !== close) {
    const [item, end] = parseItem(text, next)
    items.push(item)
    next = skipSpace(text, end)
    if (text[next] === ",") next = skipSpace(text, next + 1)
    else if (text[next] !== close) throw createSyntaxError(text, next)
  }
  return [items, next + 1]
}

function parseEntry(text: string, at: number): ParseResult<readonly [string, PythonValue]> {
  const [key, end] = parseText(text, at)
  if (text[end] !== ":") throw createSyntaxError(text, end)
  const [value, next] = parseValue(text, skipSpace(text, end + 1))
  return [[key, value], next]
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (text[at] === " ") at += 1
  return at
}

const barePattern = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|None|True|False/y
const keywords = new Map<string, boolean | null>([
  ["None", null],
  ["True", true],
  ["False", false],
])

function parseBareWord(text: string, at: number): ParseResult<PythonValue> {
  barePattern.lastIndex = at
  const [literal] = barePattern.exec(text) ?? []
  if (literal === undefined) throw createSyntaxError(text, at)
  const word = keywords.get(literal)
  return [word === undefined ? Number(literal) : word, at + literal.length]
}

const quotedPatterns = {
  "'": /((?:[^'\\]|\\[^])*)'/y,
  '"': /((?:[^"\\]|\\[^])*)"/y,
} as const

function parseText(text: string, at: number): ParseResult<string> {
  const quote = text[at]
  if (quote !== "'" && quote !== '"') throw createSyntaxError(text, at)
  const pattern = quotedPatterns[quote]
  pattern.lastIndex = at + 1
  const [, raw] = pattern.exec(text) ?? []
  if (raw === undefined) throw createSyntaxError(text, at)
  return [raw.includes("\\") ? unescapeText(raw) : raw, at + raw.length + 2]
}

const escapePattern = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([^]))/g
const controlCharacters: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
}

function unescapeText(raw: string): string {
  return raw.replace(escapePattern, (sequence, ...groups) => {
    const [x, u, wide, octal, letter] = groups as (string | undefined)[] // those of the pattern come first
    const hex = x ?? u ?? wide
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
    return controlCharacters[letter ?? ""] ?? sequence
  })
}
