/** A JSON value whose numbers keep their text. */
export type JsonTree =
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "literal"; readonly text: "true" | "false" | "null" }
  | { readonly kind: "list"; readonly items: readonly JsonTree[] }
  | { readonly kind: "object"; readonly members: readonly (readonly [string, JsonTree])[] }

/** Parses JSON by recursive descent; undefined for what is no JSON. */
export function parseJson(text: string): JsonTree | undefined {
  try {
    const reader = { text, at: 0 }
    const tree = readTree(reader)
    skipSpaces(reader)
    return reader.at === text.length ? tree : undefined
  } catch (error) {
    if (error === notJson) return undefined
    throw error
  }
}

const notJson = new Error("no JSON")

interface Reader {
  readonly text: string
  at: number
}

function readTree(reader: Reader): JsonTree {
  skipSpaces(reader)
  const first = reader.text.charAt(reader.at)
  if (first === '"') return { kind: "string", text: readString(reader) }
  if (first === "[") return { kind: "list", items: readSeries(reader, "[]", readTree) }
  if (first === "{") return { kind: "object", members: readSeries(reader, "{}", readMember) }
  for (const text of ["true", "false", "null"] as const)
    if (reader.text.startsWith(text, reader.at)) {
      reader.at += text.length
      return { kind: "literal", text }
    }
  const [number] =
    /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(reader.text.slice(reader.at)) ?? []
  if (number === undefined) throw notJson
  reader.at += number.length
  return { kind: "number", text: number }
}

function readMember(reader: Reader): readonly [string, JsonTree] {
  skipSpaces(reader)
  const key = readString(reader)
  skipSpaces(reader)
  expectCharacter(reader, ":")
  return [key, readTree(reader)]
}

function readSeries<T>(
  reader: Reader,
  brackets: string,
  read: (reader: Reader) => T,
): readonly T[] {
  expectCharacter(reader, brackets.charAt(0))
  skipSpaces(reader)
  const items: T[] = []
  if (reader.text[reader.at] !== brackets[1]) {
    for (;;) {
      items.push(read(reader))
      skipSpaces(reader)
      if (reader.text[reader.at] !== ",") break
      reader.at += 1
    }
  }
  expectCharacter(reader, brackets.charAt(1))
  return items
}

function expectCharacter(reader: Reader, character: string): void {
  if (reader.text[reader.at] !== character) throw notJson
  reader.at += 1
}

function skipSpaces(reader: Reader): void {
  while (reader.at < reader.text.length && " \t\r\n".includes(reader.text.charAt(reader.at)))
    reader.at += 1
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
}

function readString(reader: Reader): string {
  expectCharacter(reader, '"')
  let string = ""
  for (;;) {
    const character = reader.text.charAt(reader.at)
    reader.at += 1
    if (character === '"') break
    if (character < " ") throw notJson // the empty text of the end as well
    string += character === "\\" ? readEscape(reader) : character
  }
  if (/\p{Surrogate}/u.test(string)) throw notJson
  return string
}

function readEscape(reader: Reader): string {
  const letter = reader.text.charAt(reader.at)
  reader.at += 1
  if (letter !== "u") {
    const character = escapes[letter]
    if (character === undefined) throw notJson
    return character
  }
  const digits = reader.text.slice(reader.at, reader.at + 4)
  if (!/^[\da-fA-F]{4}$/.test(digits)) throw notJson
  reader.at += 4
  return String.fromCharCode(Number.parseInt(digits, 16))
}
