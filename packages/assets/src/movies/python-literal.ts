/** A value as Python writes it in `repr`: texts, numbers, None, True, False, lists and dicts of them. */
export type PythonValue =
  | string
  | number
  | boolean
  | null
  | readonly PythonValue[]
  | ReadonlyMap<string, PythonValue>

/** A value, and where the text goes on after it. */
type Parsed<T> = readonly [value: T, end: number]

/** Reads a Python literal; throws a SyntaxError that says where the text is none. */
export function parsePython(text: string): PythonValue {
  const [value, end] = readValue(text, 0)
  if (end !== text.length) throw misread(text, end)
  return value
}

function misread(text: string, at: number): SyntaxError {
  return new SyntaxError(`no Python literal at ${at}: ${text.slice(at, at + 40)}`)
}

function readValue(text: string, at: number): Parsed<PythonValue> {
  const first = text[at]
  if (first === "[") return readSequence(text, at, "]", readValue)
  if (first === "{") {
    const [entries, end] = readSequence(text, at, "}", readEntry)
    return [new Map(entries), end]
  }
  if (first === "'" || first === '"') return readText(text, at)
  return readBare(text, at)
}

function readSequence<T>(
  text: string,
  at: number,
  close: string,
  read: (text: string, at: number) => Parsed<T>,
): Parsed<readonly T[]> {
  const items: T[] = []
  let next = skipSpace(text, at + 1)
  while (text[next] !== close) {
    const [item, end] = read(text, next)
    items.push(item)
    next = skipSpace(text, end)
    if (text[next] === ",") next = skipSpace(text, next + 1)
    else if (text[next] !== close) throw misread(text, next)
  }
  return [items, next + 1]
}

function readEntry(text: string, at: number): Parsed<readonly [string, PythonValue]> {
  const [key, end] = readText(text, at)
  if (text[end] !== ":") throw misread(text, end)
  const [value, next] = readValue(text, skipSpace(text, end + 1))
  return [[key, value], next]
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (text[at] === " ") at += 1
  return at
}

const bare = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|None|True|False/y
const words = new Map<string, boolean | null>([
  ["None", null],
  ["True", true],
  ["False", false],
])

function readBare(text: string, at: number): Parsed<PythonValue> {
  bare.lastIndex = at
  const [found] = bare.exec(text) ?? []
  if (found === undefined) throw misread(text, at)
  const word = words.get(found)
  return [word === undefined ? Number(found) : word, at + found.length]
}

const inside = {
  "'": /((?:[^'\\]|\\[^])*)'/y,
  '"': /((?:[^"\\]|\\[^])*)"/y,
} as const

function readText(text: string, at: number): Parsed<string> {
  const quote = text[at]
  if (quote !== "'" && quote !== '"') throw misread(text, at)
  const pattern = inside[quote]
  pattern.lastIndex = at + 1
  const [, raw] = pattern.exec(text) ?? []
  if (raw === undefined) throw misread(text, at)
  return [raw.includes("\\") ? unescaped(raw) : raw, at + raw.length + 2]
}

const escape = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([^]))/g
const controls: Readonly<Record<string, string>> = {
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

function unescaped(raw: string): string {
  return raw.replace(escape, (whole, ...groups) => {
    const [x, u, wide, octal, letter] = groups as (string | undefined)[] // those of the pattern come first
    const hex = x ?? u ?? wide
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
    return controls[letter ?? ""] ?? whole
  })
}
