import { unreachable } from "@freshet/core/engine"

import { instantPattern, buildWideInteger } from "./strict-json-value.ts"
import type { Dialect } from "./strict-query.ts"

/** The notation of values in CSV files: bare, numbers with a point, days and instants as in ISO 8601. */
export const csvDialect: Dialect = {
  writeKind: (kind) => kind,
  value: (column, raw) => {
    const cast = `TRY_CAST(${raw} AS ${column.type})`
    switch (column.kind) {
      case "int16":
      case "int32":
      case "int64":
        return { wide: buildWideInteger(raw), typeOk: buildFullMatch(raw, String.raw`-?\d+`) }
      case "text":
        return { wide: raw, typeOk: "true" }
      case "bool":
        return { wide: cast, typeOk: `${raw} IN ('true', 'false')` }
      case "float64":
        return { wide: cast, typeOk: buildFullMatch(raw, numberPattern) }
      case "decimal": {
        const isExact = `${buildFullMatch(raw, numberPattern)} AND ${cast}::DOUBLE = TRY_CAST(${raw} AS DOUBLE)`
        return { wide: cast, typeOk: isExact }
      }
      case "date":
        return { wide: cast, typeOk: `${buildFullMatch(raw, dayPattern)} AND ${cast} IS NOT NULL` }
      case "timestamp":
        return {
          wide: cast,
          typeOk: `${buildFullMatch(raw, instantPattern)} AND ${cast} IS NOT NULL`,
        }
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

function buildFullMatch(raw: string, pattern: string): string {
  return `regexp_full_match(${raw}, '${pattern}')`
}
