import { unreachable } from "@freshet/core"

import { instantPattern, wideInteger } from "./json-value.ts"
import type { Dialect } from "./judgement.ts"

/** How the values of a CSV file are written: bare, numbers with a point, days and instants as in ISO 8601. */
export const csvDialect: Dialect = {
  writeKind: (kind) => kind,
  value: (column, raw) => {
    const cast = `TRY_CAST(${raw} AS ${column.type})`
    switch (column.kind) {
      case "int16":
      case "int32":
      case "int64":
        return { wide: wideInteger(raw), typeOk: matches(raw, String.raw`-?\d+`) }
      case "text":
        return { wide: raw, typeOk: "true" }
      case "bool":
        return { wide: cast, typeOk: `${raw} IN ('true', 'false')` }
      case "float64":
        return { wide: cast, typeOk: matches(raw, numberPattern) }
      case "decimal": {
        const whole = `${matches(raw, numberPattern)} AND ${cast}::DOUBLE = TRY_CAST(${raw} AS DOUBLE)`
        return { wide: cast, typeOk: whole }
      }
      case "date":
        return { wide: cast, typeOk: `${matches(raw, dayPattern)} AND ${cast} IS NOT NULL` }
      case "timestamp":
        return { wide: cast, typeOk: `${matches(raw, instantPattern)} AND ${cast} IS NOT NULL` }
      case "list":
      case "struct": {
        const value = `TRY_CAST(TRY_CAST(${raw} AS JSON) AS ${column.type})`
        return { wide: value, typeOk: `${value} IS NOT NULL` }
      }
      default:
        return unreachable(column.kind)
    }
  },
}

const numberPattern = String.raw`-?\d+(\.\d+)?([eE][+-]?\d+)?`
const dayPattern = String.raw`\d{4}-\d\d-\d\d`

function matches(raw: string, pattern: string): string {
  return `regexp_full_match(${raw}, '${pattern}')`
}
