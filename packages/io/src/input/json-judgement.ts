import type { SourceAsset, PartitionText } from "@freshet/core"

import { textLiteral } from "../duckdb/literal.ts"
import { jsonValue } from "./json-value.ts"
import { type Dialect, exactJudgement, rawColumn } from "./judgement.ts"

const dialect: Dialect = { writeKind: (kind) => JSON.stringify(kind), value: jsonValue }

/** The truth about the lines of `table(ordinal, text)`, all of them JSON; see `exactJudgement`. */
export function exactJsonJudgement(
  source: SourceAsset,
  table: string,
  partition: PartitionText,
): string {
  const names = Object.keys(source.columns)
  const raws = names.map((name, at) => {
    return `nullif(" values"[${at + 1}]::VARCHAR, 'null') AS ${rawColumn(name)}`
  })
  const objects = `
    SELECT ordinal AS " ordinal",
      CASE WHEN json_valid(text) THEN CASE WHEN json_type(text) = 'OBJECT' THEN text::JSON END END AS " json"
    FROM ${table}`
  const pointers = names.map((name) => textLiteral(pointer(name))).join(", ")
  const values = `
    SELECT *, json_keys(" json") AS " keys", json_extract(" json", [${pointers}]) AS " values"
    FROM (${objects})`
  const lines = `SELECT * EXCLUDE (" values"), ${raws.join(", ")} FROM (${values})`
  const twice = `len(" keys") > len(list_distinct(" keys"))`
  const unreadable: [string, string][] = [[`" json" IS NULL OR ${twice}`, "malformed_json"]]
  return exactJudgement(source, dialect, lines, { partition, unreadable })
}

function pointer(name: string): string {
  return `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`
}
