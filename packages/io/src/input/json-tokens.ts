/** Reads the members of an object of valid JSON: the text of each value by its key. Undefined if a key repeats. */
export function readMembers(object: string): ReadonlyMap<string, string> | undefined {
  const members = new Map<string, string>()
  let at = skipSpace(object, skipSpace(object, 0) + 1)
  while (object[at] !== "}") {
    const keyEnd = findStringEnd(object, at)
    const key = decodeString(object.slice(at, keyEnd))
    const start = skipSpace(object, skipSpace(object, keyEnd) + 1)
    const end = findValueEnd(object, start)
    if (members.has(key)) return undefined
    members.set(key, object.slice(start, end))
    at = skipSeparator(object, end)
  }
  return members
}

/** Yields the elements of a list. */
export function* readElements(list: string): Iterable<string> {
  let at = skipSpace(list, skipSpace(list, 0) + 1)
  while (list[at] !== "]") {
    const end = findValueEnd(list, at)
    yield list.slice(at, end)
    at = skipSeparator(list, end)
  }
}

/** Decodes a string. */
export function decodeString(token: string): string {
  return token.includes("\\") ? (JSON.parse(token) as string) : token.slice(1, -1)
}

/** Tests if a text is JSON whose strings have no unpaired surrogates. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return !/\\u[dD][89a-fA-F]/.test(text) || !hasUnpairedSurrogate(text)
  } catch {
    return false
  }
}

function hasUnpairedSurrogate(text: string): boolean {
  let afterHigh: number | undefined
  for (const { 1: hex = "0", index } of text.matchAll(/\\(?:u([\da-fA-F]{4})|.)/g)) {
    const unit = Number.parseInt(hex, 16) & 0xfc00
    if ((unit === 0xdc00) !== (index === afterHigh)) return true
    if (afterHigh !== undefined && index !== afterHigh) return true
    afterHigh = unit === 0xd800 ? index + 6 : undefined
  }
  return afterHigh !== undefined
}

function skipSpace(text: string, from: number): number {
  for (let at = from; ; at += 1) {
    const code = text.charCodeAt(at)
    if (code !== 32 && code !== 9 && code !== 13 && code !== 10) return at
  }
}

/** Skips the spaces after a value, and a comma. */
function skipSeparator(text: string, from: number): number {
  const at = skipSpace(text, from)
  return text[at] === "," ? skipSpace(text, at + 1) : at
}

function findValueEnd(text: string, start: number): number {
  const first = text[start]
  if (first === '"') return findStringEnd(text, start)
  if (first === "{" || first === "[") return findBracketEnd(text, start)
  scalarPattern.lastIndex = start
  scalarPattern.test(text)
  return scalarPattern.lastIndex
}

const scalarPattern = /[^,}\] \t\r\n]+/y

/** Finds the end of a string: its closing quote has an even number of backslashes before it. */
function findStringEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); ; quote = text.indexOf('"', quote + 1)) {
    let backslash = quote
    while (text[backslash - 1] === "\\") backslash -= 1
    if ((quote - backslash) % 2 === 0) return quote + 1
  }
}

function findBracketEnd(text: string, start: number): number {
  const pattern = /["{}[\]]/g
  pattern.lastIndex = start
  for (let depth = 0; ;) {
    const match = pattern.exec(text)
    if (match === null) return text.length
    const [bracket] = match
    if (bracket === '"') pattern.lastIndex = findStringEnd(text, match.index)
    else depth += bracket === "{" || bracket === "[" ? 1 : -1
    if (depth === 0) return pattern.lastIndex
  }
}
