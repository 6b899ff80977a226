import type { Column } from "@freshet/core"
import type { ColumnKind } from "@freshet/core/engine"

import type { BinaryForm } from "./binary-rows.ts"

/** The reading of one column from the store and its encoding for PostgreSQL. */
export interface BinaryColumn {
  readonly form: BinaryForm
  readonly expression: string
}

interface TypeRule {
  readonly form: Exclude<BinaryForm, object>
  /** The number of PostgreSQL's type. */
  readonly oid: number
  /** The DuckDB type whose vectors have this form; undefined: as the asset declares it. */
  readonly cast: string | undefined
  readonly accepts: readonly ColumnKind[]
}

const integerKinds: readonly ColumnKind[] = ["int16", "int32", "int64"]
const instantRule = { form: "microseconds", cast: undefined, accepts: ["timestamp"] } as const

const rules: Readonly<Record<string, TypeRule>> = {
  boolean: { form: "byte", oid: 16, cast: "BOOLEAN", accepts: ["bool"] },
  smallint: { form: "two_bytes", oid: 21, cast: "SMALLINT", accepts: integerKinds },
  integer: { form: "four_bytes", oid: 23, cast: "INTEGER", accepts: integerKinds },
  bigint: { form: "eight_bytes", oid: 20, cast: "BIGINT", accepts: integerKinds },
  "double precision": { form: "eight_bytes", oid: 701, cast: "DOUBLE", accepts: ["float64"] },
  numeric: { form: "numeric", oid: 1700, cast: undefined, accepts: ["decimal"] },
  text: { form: "text", oid: 25, cast: undefined, accepts: ["text"] },
  varchar: { form: "text", oid: 1043, cast: undefined, accepts: ["text"] },
  date: { form: "days", oid: 1082, cast: undefined, accepts: ["date"] },
  timestamp: { ...instantRule, oid: 1114 },
  "timestamp with time zone": { ...instantRule, oid: 1184 },
  jsonb: { form: "json", oid: 3802, cast: undefined, accepts: ["list", "struct"] },
}

/** Chooses by the table's type, `numeric(10, 2)`, and the asset's column; undefined if the one cannot hold the other. */
export function findBinaryColumn(
  column: Column,
  type: string,
  quoted: string,
): BinaryColumn | undefined {
  const { element } = column
  const isList = type.endsWith("[]")
  const rule = rules[stripTypeModifiers(type)]
  const valueColumn = isList ? element : column
  if (rule === undefined || valueColumn === undefined || !rule.accepts.includes(valueColumn.kind))
    return undefined
  const value = `CAST(${quoted} AS ${column.type})`
  if (isList && rule.form === "json") return undefined
  if (rule.form === "json")
    return { form: "json", expression: `CAST(to_json(${value}) AS VARCHAR)` }
  const cast = rule.cast === undefined ? undefined : `${rule.cast}${isList ? "[]" : ""}`
  return {
    form: isList ? { element: rule.form, oid: rule.oid } : rule.form,
    expression: cast === undefined ? value : `CAST(${value} AS ${cast})`,
  }
}

/** Removes parameters of a type: `timestamp (3) with time zone` → `timestamp with time zone`, `varchar(20)[]` → `varchar`. */
function stripTypeModifiers(type: string): string {
  return type.replace(/\[\]$/, "").replace(/ *\([^)]*\)/, "")
}
