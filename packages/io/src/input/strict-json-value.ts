import { unreachable } from "@freshet/core/engine"

import type { Dialect } from "./strict-query.ts"

/** The valid instants: a calendar day, `T`, seconds, and an offset or `Z`. */
export const instantPattern = String.raw`\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)`
const dayPattern = String.raw`\d{4}-\d\d-\d\d`
const numberPattern = String.raw`-?\d+(\.\d+)?([eE][+-]?\d+)?`

/**
 * Builds SQL that parses the value of a column from its JSON text `raw`. The engine writes that text in its
 * own form: a number that is not an integer has a point or an exponent, and strings have no needless escapes.
 */
export const buildJsonValue: Dialect["value"] = (column, raw) => {
  const text = `substring(${raw}, 2, length(${raw}) - 2)`
  const cast = `TRY_CAST(${raw} AS ${column.type})`
  switch (column.kind) {
    case "int16":
    case "int32":
    case "int64":
      return { wide: buildWideInteger(raw), typeOk: buildFullMatch(raw, String.raw`-?\d+`) }
    case "text":
      return { wide: `${raw}->>'$'`, typeOk: `starts_with(${raw}, '"')` }
    case "bool":
      return { wide: cast, typeOk: `${raw} IN ('true', 'false')` }
    case "float64":
      return { wide: cast, typeOk: buildFullMatch(raw, numberPattern) }
    case "decimal": {
      const isExact = `${buildFullMatch(raw, numberPattern)} AND ${cast}::DOUBLE = ${raw}::DOUBLE`
      return { wide: cast, typeOk: isExact }
    }
    case "date":
    case "timestamp": {
      const value = `TRY_CAST(${text} AS ${column.type})`
      const pattern = buildFullMatch(
        raw,
        `"${column.kind === "date" ? dayPattern : instantPattern}"`,
      )
      const isValidInstant = `${value} IS NOT NULL AND NOT starts_with(${raw}, '"0000')`
      return { wide: value, typeOk: `${pattern} AND ${isValidInstant}` }
    }
    case "list":
    case "struct": {
      const value = `TRY_CAST(${raw}::JSON AS ${column.type})`
      return { wide: value, typeOk: `starts_with(${raw}, '${column.kind === "list" ? "[" : "{"}')` }
    }
    default:
      return unreachable(column.kind)
  }
}

/** Builds SQL that parses an integer of any length; beyond 128 bits it is the largest one, which is out of every range. */
export function buildWideInteger(raw: string): string {
  const largest = "170141183460469231731687303715884105727"
  return `coalesce(TRY_CAST(${raw} AS HUGEINT), CASE WHEN starts_with(${raw}, '-') THEN -${largest} ELSE ${largest} END)`
}

function buildFullMatch(raw: string, pattern: string): string {
  return `regexp_full_match(${raw}, '${pattern}')`
}
