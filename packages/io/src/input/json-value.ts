import { type Column, unreachable } from "@freshet/core"

/** How a value's JSON text is judged, as SQL over `raw`: the text, null where the value is absent or null. */
export interface JsonValue {
  /** The value, where `quickOk` of it holds; otherwise anything. Both are cheap. */
  readonly quick: string
  /** Holds only for what surely is of the type: the rest is for the exact judgement. */
  readonly quickOk: (value: string) => string
  /** The value, wide enough for any that is written. */
  readonly wide: string
  readonly typeOk: string
}

/** The instants that count: a real calendar day, `T`, seconds, an offset or `Z`. */
export const instantPattern = String.raw`\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)`
const dayPattern = String.raw`\d{4}-\d\d-\d\d`
const numberPattern = String.raw`-?\d+(\.\d+)?([eE][+-]?\d+)?`

/** The judgement of one column's values. The engine's reader writes every value anew: a number that is no integer has a point, unless it is below 10^-6 or above 10^20; strings have no needless escapes. */
export function jsonValue(column: Column, raw: string): JsonValue {
  const inner = `substring(${raw}, 2, length(${raw}) - 2)`
  const cast = `TRY_CAST(${raw} AS ${column.type})`
  switch (column.kind) {
    case "int16":
    case "int32":
    case "int64":
      return {
        quick: cast,
        quickOk: (value) => `(${value} <> 0 OR ${raw} = '0') AND NOT contains(${raw}, '.')`,
        wide: wideInteger(raw),
        typeOk: matches(raw, String.raw`-?\d+`),
      }
    case "text":
      return jsonText(raw, inner)
    case "bool":
      return exact(cast, `${raw} IN ('true', 'false')`)
    case "float64":
      return {
        quick: cast,
        quickOk: (value) => `isfinite(${value})`,
        wide: cast,
        typeOk: matches(raw, numberPattern),
      }
    case "decimal":
      return exact(cast, `${matches(raw, numberPattern)} AND ${cast}::DOUBLE = ${raw}::DOUBLE`)
    case "date":
      return jsonDay(`TRY_CAST(${inner} AS DATE)`, raw)
    case "timestamp":
      return jsonInstant(`TRY_CAST(${inner} AS ${column.type})`, raw)
    case "list":
    case "struct":
      return exact(`TRY_CAST(${raw}::JSON AS ${column.type})`, opens(column.kind, raw))
    default:
      return unreachable(column.kind)
  }
}

function exact(value: string, typeOk: string): JsonValue {
  return { quick: value, quickOk: () => typeOk, wide: value, typeOk }
}

/** Text with an escaped NUL is left to the exact judgement. */
function jsonText(raw: string, inner: string): JsonValue {
  const value = `CASE WHEN contains(${raw}, '\\') THEN ${raw}->>'$' ELSE ${inner} END`
  const typeOk = `starts_with(${raw}, '"')`
  const quickOk = () => `${typeOk} AND NOT contains(${raw}, '\\u0000')`
  const wide = `CASE WHEN ${typeOk} THEN ${raw}->>'$' END`
  return { quick: value, quickOk, wide, typeOk }
}

function jsonDay(value: string, raw: string): JsonValue {
  return exact(
    value,
    `${matches(raw, `"${dayPattern}"`)} AND NOT starts_with(${raw}, '"0000') AND ${value} IS NOT NULL`,
  )
}

/** The two usual lengths leave `strptime` no choice but two digits everywhere, and it is faster than a pattern. */
function jsonInstant(value: string, raw: string): JsonValue {
  const pattern = matches(raw, `"${instantPattern}"`)
  const parsed = (format: string) =>
    `make_timestamptz(epoch_us(try_strptime(${raw}, '"%Y-%m-%dT%H:%M:%S${format}Z"')))`
  return {
    quick: `CASE strlen(${raw}) WHEN 26 THEN ${parsed(".%g")} WHEN 22 THEN ${parsed("")}
      ELSE CASE WHEN ${pattern} THEN ${value} END END`,
    quickOk: (instant) => `${instant} >= TIMESTAMPTZ '0001-01-02 00:00:00+00'`,
    wide: value,
    typeOk: `${pattern} AND ${value} IS NOT NULL AND NOT starts_with(${raw}, '"0000')`,
  }
}

function opens(kind: "list" | "struct", raw: string): string {
  return `starts_with(${raw}, '${kind === "list" ? "[" : "{"}')`
}

/** An integer of any length; beyond 128 bits the largest there is, which is out of every range. */
export function wideInteger(raw: string): string {
  const largest = "170141183460469231731687303715884105727"
  return `coalesce(TRY_CAST(${raw} AS HUGEINT), CASE WHEN starts_with(${raw}, '-') THEN -${largest} ELSE ${largest} END)`
}

function matches(raw: string, pattern: string): string {
  return `regexp_full_match(${raw}, '${pattern}')`
}
