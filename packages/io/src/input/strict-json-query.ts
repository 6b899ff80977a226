import type { SourceAsset } from "@freshet/core"
import type { PartitionText } from "@freshet/core/engine"

import { quoteText } from "../duckdb/sql-text.ts"
import { getJsonKey } from "./json-keys.ts"
import { buildJsonValue } from "./strict-json-value.ts"
import { type Dialect, buildStrictQuery, quoteRawColumn } from "./strict-query.ts"

const jsonDialect: Dialect = { writeKind: (kind) => JSON.stringify(kind), value: buildJsonValue }

/** Builds the strict parser's query over the lines of `table(ordinal, text)`, which are JSON; see `buildStrictQuery`. */
export function buildStrictJsonQuery(
  source: SourceAsset,
  table: string,
  partition: PartitionText,
): string {
  const names = Object.keys(source.columns)
  const raws = names.map((name, at) => {
    return `nullif(" values"[${at + 1}]::VARCHAR, 'null') AS ${quoteRawColumn(name)}`
  })
  const objects = `
    SELECT ordinal AS " ordinal",
      CASE WHEN json_valid(text) THEN CASE WHEN json_type(text) = 'OBJECT' THEN text::JSON END END AS " json"
    FROM ${table}`
  const pointers = names
    .map((name) => quoteText(toJsonPointer(getJsonKey(source, name))))
    .join(", ")
  const values = `
    SELECT *, json_keys(" json") AS " keys", json_extract(" json", [${pointers}]) AS " values"
    FROM (${objects})`
  const lines = `SELECT * EXCLUDE (" values"), ${raws.join(", ")} FROM (${values})`
  const hasDuplicateKeys = `len(" keys") > len(list_distinct(" keys"))`
  const unreadable: [string, string][] = [
    [`" json" IS NULL OR ${hasDuplicateKeys}`, "malformed_json"],
  ]
  return buildStrictQuery(source, jsonDialect, lines, { partition, unreadable })
}

function toJsonPointer(name: string): string {
  return `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`
}
