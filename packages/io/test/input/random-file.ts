import type { Column, SourceAsset } from "@freshet/core"

/** A source of random choices that a seed determines. */
export interface Random {
  /** A whole number from 0 to `limit` - 1. */
  readonly below: (limit: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <T>(items: readonly T[]) => T
}

/** Creates random choices from a seed (the generator "mulberry32"). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (items) => items[below(items.length)]!,
  }
}

const integers = (bits: bigint) => {
  const limit = 2n ** bits
  return [
    limit - 1n,
    limit,
    -limit,
    -limit - 1n,
    0n,
    1n,
    -1n,
    13n,
    3000000001n,
    2n ** 64n,
    10n ** 40n,
  ]
}
const numbers = [
  "-0", "0.0", "1.5", "5.0", "1e3", "1E+2", "1e-7", "2.50", "2.555", "0.1", "0e0", "-0.0", "1e-400", "-1e-400", "1e400",
  "5e-324", "2e-324", "1.7976931348623157e308", "1.8e308", "0.30000000000000004", "123456789.123456789",
  "1234567890123456.78", "1234567890123456.789", "12345678901234567.8", "1234567890123456789012345678.0123456789",
  "99999999999999999999999999999999999999", "100000000000000000000000000000000000000", "0.9999999999",
  "0.99999999999", "1e37", "1e38", "123456789012345678e-10", "12345678.1234567", "0.000000000001", "9007199254740993",
  "1e1000000000", "1e-1000000000", "00012.50e0000",
] // prettier-ignore
const texts = [
  "", "a", "café", "😀", "two\nlines", "cr\r\nlf", 'a "quoted" word', "it's", "a,b;c\td", "\\", "\\N", "NA", "null", "true",
  "\ufeffa text of more than twelve bytes", "\u2028", "\u0001", " spaced ", "{}", "[1]", "0", "\u0000", "x\u0000y", "x".repeat(300), "\ufeff",
] // prettier-ignore
const days = [
  "2026-01-05", "2024-02-29", "2026-02-29", "1900-02-29", "2000-02-29", "0000-01-01", "0001-01-01", "9999-12-31",
  "2026-1-5", "2026-01-32", "2026-13-01", "2026-04-31", " 2026-01-05", "10000-01-01", "2026-00-10",
] // prettier-ignore
const times = [
  "00:00:00Z", "23:59:59.999999Z", "06:00:00.1Z", "06:00:00.123456Z", "06:00:00.1234567Z", "06:00:00.123456000Z",
  "06:00:00+05:30", "06:00:00.5-23:59", "00:00:00+00:01", "23:59:59-00:01", "24:00:00Z", "06:00:60Z", "06:00Z", "06:00:00",
  "06:00:00z", "06:00:00.Z", "06:00:00+24:00",
] // prettier-ignore

/** A value of a column in JSON notation, mostly a valid one. */
function createValue(random: Random, column: Column): string {
  if (random.chance(0.02))
    return random.pick([
      "null",
      "true",
      "[]",
      "{}",
      '""',
      '"5"',
      "5",
      "1.5",
      '"x"',
      "[1]",
      '{"a":1}',
    ])
  switch (column.kind) {
    case "int16":
      return createInteger(random, 15n)
    case "int32":
      return createInteger(random, 31n)
    case "int64":
      return createInteger(random, 63n)
    case "float64":
    case "decimal":
      return createNumber(random, column)
    case "bool":
      return random.pick(["true", "false"])
    case "text":
      return createString(random, createText(random))
    case "date":
      return createString(random, createDay(random))
    case "timestamp":
      return createString(random, `${createDay(random)}T${createTime(random)}`)
    case "list": {
      const items = Array.from({ length: random.below(4) }, () =>
        createPart(random, column.element!),
      )
      return `[${items.join(random.pick([",", ", "]))}]`
    }
    case "struct": {
      const members = Object.entries(column.members ?? {}).flatMap(([name, member]) =>
        random.chance(0.03) ? [] : [`${JSON.stringify(name)}:${createPart(random, member)}`],
      )
      if (random.chance(0.05))
        members.push(random.pick(['"x":1', '"label":"twice"', '"other":null']))
      return `{${members.join(",")}}`
    }
  }
}

function createPart(random: Random, column: Column): string {
  return random.chance(column.nullable ? 0.2 : 0.01) ? "null" : createValue(random, column)
}

function createInteger(random: Random, bits: bigint): string {
  return random.chance(0.9) ? String(random.below(40) + 1) : String(random.pick(integers(bits)))
}

function createNumber(random: Random, { kind, type }: Column): string {
  if (random.chance(0.15)) return random.pick(numbers)
  if (kind === "float64") return JSON.stringify((random.below(2e9) - 1e9) / 10 ** random.below(18))
  const [width = 0, scale = 0] = (type.match(/\d+/g) ?? []).map(Number)
  const digits = (length: number) => Array.from({ length }, () => random.below(10)).join("")
  const whole = digits(random.below(width - scale + 1)).replace(/^0+/, "") || "0"
  const fraction = digits(random.below(scale + 1))
  return `${random.pick(["", "-"])}${whole}${fraction === "" ? "" : `.${fraction}`}`
}

const createText = (random: Random) =>
  random.chance(0.7)
    ? Array.from({ length: random.below(12) }, () => random.pick(Array.from("abcdé ,.'"))).join("")
    : random.pick(texts)

const pad = (value: number, length = 2) => String(value).padStart(length, "0")

const createDay = (random: Random) =>
  random.chance(0.9)
    ? `${pad(1970 + random.below(80), 4)}-${pad(1 + random.below(12))}-${pad(1 + random.below(28))}`
    : random.pick(days)

const createTime = (random: Random) =>
  random.chance(0.8)
    ? `${pad(random.below(24))}:${pad(random.below(60))}:${pad(random.below(60))}${random.pick(["", `.${random.below(1e6)}`])}Z`
    : random.pick(times)

/** A JSON string, some with escapes that are not needed. */
function createString(random: Random, text: string): string {
  if (random.chance(0.95)) return JSON.stringify(text)
  const escaped = Array.from(
    { length: text.length },
    (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`,
  )
  return `"${escaped.join("")}"`
}

/** A line of JSON with the columns of a source, in a random order. */
export function createJsonLine(random: Random, source: SourceAsset): string {
  const members = Object.entries(source.columns).flatMap(([name, column]) =>
    random.chance(column.nullable ? 0.2 : 0.01)
      ? []
      : [`${JSON.stringify(name)}:${createPart(random, column)}`],
  )
  if (random.chance(0.1))
    members.push(
      random.pick([
        '"other":{"id":5,"x":[1,{"id":"q"}]}',
        '"extra":"\\ud83d\\ude00"',
        '"id":5',
        '"z":1e400',
      ]),
    )
  if (random.chance(0.3)) members.push(members.shift() ?? "")
  return `{${members.filter((member) => member !== "").join(",")}}`
}

/** A record of CSV with the columns of a source, and one that is not declared if there are several. */
function createCsvRecord(random: Random, source: SourceAsset): string {
  const { delimiter, quote, nullText } = getSyntax(source)
  const columns = Object.values(source.columns)
  const values = columns.map((column) => {
    if (random.chance(column.nullable ? 0.2 : 0.01)) return random.pick(["", nullText])
    return toField(random, createValue(random, column), { delimiter, quote })
  })
  if (columns.length > 1) values.push(random.pick(["", "x", "é", "7"]))
  return values.join(delimiter)
}

/** The header of the records that `createCsvRecord` creates. */
function createCsvHeader(source: SourceAsset): string {
  const names = Object.keys(source.columns)
  return [...names, ...(names.length > 1 ? ["other"] : [])].join(getSyntax(source).delimiter)
}

function getSyntax({ format }: SourceAsset) {
  if (format.kind !== "csv") throw new TypeError("no CSV source")
  const { delimiter = ",", quote = '"', null: nullText = "" } = format
  return { delimiter, quote, nullText }
}

function toField(
  random: Random,
  json: string,
  { delimiter, quote }: { readonly delimiter: string; readonly quote: string },
): string {
  const text = json.startsWith('"') ? (JSON.parse(json) as string) : json
  const needsQuotes = [delimiter, quote, "\n", "\r"].some((part) => text.includes(part))
  return needsQuotes || random.chance(0.05)
    ? `${quote}${text.replaceAll(quote, quote + quote)}${quote}`
    : text
}

const damages = [
  ...Array.from("\",;'{}[]:\\0159.-eE+TZ \t\r\n", (character) => Buffer.from(character)),
  ...["null", "\\u0000", "\\ud800", '""', '","', "\r\n", "\n\n", "é"].map((part) =>
    Buffer.from(part),
  ),
  ...[[0], [0xff], [0xc3], [0xed, 0xa0, 0x80]].map((bytes) => Buffer.from(bytes)),
]

/** Inserts, deletes, repeats or replaces a few bytes. */
function mutateLine(random: Random, line: Buffer): Buffer {
  let mutated = line
  for (let times = 1 + random.below(2); times > 0; times -= 1) {
    const at = random.below(mutated.length + 1)
    const length = random.chance(0.8) ? 1 : random.below(mutated.length - at + 1)
    const [head, part, tail] = [
      mutated.subarray(0, at),
      mutated.subarray(at, at + length),
      mutated.subarray(at + length),
    ]
    const replacement = random.pick([
      Buffer.alloc(0),
      random.pick(damages),
      Buffer.concat([part, part]),
    ])
    const isInsertion = random.chance(0.4)
    mutated = Buffer.concat([head, isInsertion ? part : Buffer.alloc(0), replacement, tail])
  }
  return mutated
}

/** A file of lines, a third of them mutated. */
export function createRandomFile(random: Random, source: SourceAsset, lines: number): Buffer {
  const isCsv = source.format.kind === "csv"
  const end = Buffer.from(random.pick(["\n", "\n", "\r\n"]))
  const rate = random.pick([0.003, 0.05, 0.4])
  const parts: Buffer[] = isCsv ? [Buffer.from(createCsvHeader(source)), end] : []
  for (let at = 0; at < lines; at += 1) {
    const line = Buffer.from(
      isCsv ? createCsvRecord(random, source) : createJsonLine(random, source),
    )
    const isCopy = random.chance(0.01)
    parts.push(random.chance(rate) ? mutateLine(random, line) : line, end)
    if (isCopy) parts.push(random.pick([Buffer.alloc(0), Buffer.from("  ")]), end)
  }
  return Buffer.concat(parts)
}
