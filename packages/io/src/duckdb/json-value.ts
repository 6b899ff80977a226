import {
  DuckDBTypeId,
  type DuckDBValueConverter,
  type Json,
  JsonDuckDBValueConverter,
} from "@duckdb/node-api"

import { formatTime } from "./format-time.ts"

/** Converts the engine's values to JSON, with instants as in RFC 3339. */
export const convertToJson: DuckDBValueConverter<Json> = (value, type, convert) => {
  const json = JsonDuckDBValueConverter(value, type, convert)
  return typeof json === "string" && timeTypes.has(type.typeId) ? formatTime(json) : json
}

const timeTypes: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TIMESTAMP,
  DuckDBTypeId.TIMESTAMP_S,
  DuckDBTypeId.TIMESTAMP_MS,
  DuckDBTypeId.TIMESTAMP_NS,
  DuckDBTypeId.TIMESTAMP_TZ,
])
