import type { Column, SourceAsset } from "@freshet/core"

/** A line as plain TypeScript judges it, for comparison: no SQL, no engine. */
export type ReferenceLine =
  | { readonly kind: "blank" }
  | { readonly kind: "row"; readonly row: Readonly<Record<string, unknown>> }
  | { readonly kind: "fault"; readonly reason: string }

type Tokens = ReadonlyMap<string, string>

export function parseReferenceLine(source: SourceAsset, bytes: Buffer): ReferenceLine {
  if ([...bytes].every((byte) => byte === 32 || byte === 9 || byte === 13)) return { kind: "blank" }
  if (bytes.includes(0)) return createFault("nul_byte")
  const text = bytes.toString("utf8")
  if (!Buffer.from(text).equals(bytes)) return createFault("invalid_utf8")
  const tokens = findTokens(text)
  if (tokens === undefined) return createFault("malformed_json")
  const kind = findKind(source, tokens)
  if (kind === undefined) return createFault(source.lineKinds?.reason ?? "")
  const columns = Object.entries(source.columns).filter(([name]) => hasColumn(source, name, kind))
  if (columns.some(([name, column]) => isRequired(source, name, column, kind) && !tokens.has(name)))
    return createFault("missing_field")
  const present = columns.filter(([name]) => tokens.has(name))
  if (!present.every(([name, column]) => isTyped(column, tokens.get(name)!)))
    return createFault("wrong_type")
  const rule = findRejectReason(source, tokens, kind)
  if (rule !== undefined) return createFault(rule)
  if (!present.every(([name, column]) => isInRange(column, tokens.get(name)!)))
    return createFault("out_of_range")
  if (
    present.some(
      ([name, { kind }]) => kind === "text" && String(JSON.parse(tokens.get(name)!)).includes("\0"),
    )
  )
    return createFault("nul_byte")
  const values = present.map(([name, column]) => [name, toValue(column, tokens.get(name)!)])
  const nulls = Object.keys(source.columns).map((name) => [name, null])
  return { kind: "row", row: Object.fromEntries([...nulls, ...values]) }
}

const createFault = (reason: string): ReferenceLine => ({ kind: "fault", reason })

function findKind({ lineKinds }: SourceAsset, tokens: Tokens): string | undefined {
  if (lineKinds === undefined) return ""
  const token = tokens.get(lineKinds.column)
  if (!token?.startsWith('"')) return undefined
  return Object.keys(lineKinds.kinds).find((kind) => kind === JSON.parse(token))
}

const isListed = ({ lineKinds }: SourceAsset, name: string) =>
  Object.values(lineKinds?.kinds ?? {}).some(
    (names) => names.includes(name) || names.includes(`${name}?`),
  )

function hasColumn(source: SourceAsset, name: string, kind: string): boolean {
  const names = source.lineKinds?.kinds[kind] ?? []
  return !isListed(source, name) || names.includes(name) || names.includes(`${name}?`)
}

function isRequired(source: SourceAsset, name: string, column: Column, kind: string): boolean {
  return isListed(source, name)
    ? (source.lineKinds?.kinds[kind] ?? []).includes(name)
    : !column.nullable
}

/** The rules of the two sources of these tests, by hand. */
function findRejectReason(source: SourceAsset, tokens: Tokens, kind: string): string | undefined {
  const whole = (name: string) =>
    BigInt(hasColumn(source, name, kind) ? (tokens.get(name) ?? "1") : "1")
  if (source.name === "readings")
    return whole("id") === 13n || whole("id") > 3000000000n ? "odd_id" : undefined
  const outside = whole("user_id") < 1n || whole("user_id") > 2147483647n || whole("room_id") < 1n
  return outside ? "id_out_of_range" : undefined
}

/** The first token of each top-level value; null counts as absent. Undefined for what is no object, or says a key twice. */
function findTokens(line: string): Tokens | undefined {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
    if (hasLoneSurrogate(line)) return undefined
  } catch {
    return undefined
  }
  const fields = new Map<string, string>()
  const tokens = line.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g) ?? []
  let depth = 0
  for (const [at, token] of tokens.entries()) {
    if (token === "{" || token === "[") depth += 1
    if (token === "}" || token === "]") depth -= 1
    if (token !== ":" || depth !== 1) continue
    const key = String(JSON.parse(tokens[at - 1]!))
    if (fields.has(key)) return undefined
    fields.set(key, tokens[at + 1]!)
  }
  return new Map([...fields].filter(([, token]) => token !== "null"))
}

function hasLoneSurrogate(line: string): boolean {
  return (line.match(/"(?:[^"\\]|\\.)*"/g) ?? []).some((token) =>
    /\p{Surrogate}/u.test(JSON.parse(token) as string),
  )
}

const instantPattern =
  /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/

function isTyped(column: Column, token: string): boolean {
  const text = token.startsWith('"') ? (JSON.parse(token) as string) : undefined
  switch (column.kind) {
    case "int16":
    case "int32":
    case "int64":
      return /^-?\d+$/.test(token)
    case "float64":
      return /^-?\d/.test(token)
    case "bool":
      return token === "true" || token === "false"
    case "date":
      return text !== undefined && isDay(text)
    case "timestamp":
      return text !== undefined && instantPattern.test(text) && isDay(text.slice(0, 10))
    case "text":
    case "decimal":
    case "list":
    case "struct":
      return text !== undefined
  }
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text.startsWith("0000")) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

const integerBits = { int16: 15n, int32: 31n, int64: 63n } as const

function isInRange({ kind }: Column, token: string): boolean {
  if (kind === "float64") return Number.isFinite(Number(token))
  if (kind !== "int16" && kind !== "int32" && kind !== "int64") return true
  const value = BigInt(token)
  return value >= -(2n ** integerBits[kind]) && value < 2n ** integerBits[kind]
}

/** As the engine gives a row in JSON: 64-bit integers and instants as text. */
function toValue({ kind }: Column, token: string): unknown {
  if (kind === "int64") return String(BigInt(token))
  if (kind !== "timestamp") return JSON.parse(token)
  const text = JSON.parse(token) as string
  const micros = (/\.(\d+)/.exec(text)?.[1] ?? "").padEnd(6, "0").slice(0, 6)
  const seconds = new Date(text.replace(/\.\d+/, "")).toISOString().slice(0, 19).replace("T", " ")
  const fraction = micros === "000000" ? "" : `.${micros.replace(/0+$/, "")}`
  return `${seconds}${fraction}+00`
}
