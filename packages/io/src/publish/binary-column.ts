import type { Column, ColumnKind } from "@freshet/core"

import type { BinaryForm } from "./binary-rows.ts"

/** How rows of one column are read from the store and sent to PostgreSQL. */
export interface BinaryColumn {
  readonly form: BinaryForm
  readonly expression: string
}

interface TypeRule {
  readonly form: BinaryForm
  /** The DuckDB type whose vectors have this form; undefined: as the asset declares it. */
  readonly cast: string | undefined
  readonly accepts: readonly ColumnKind[]
}

const whole: readonly ColumnKind[] = ["int16", "int32", "int64"]

const rules: Readonly<Record<string, TypeRule>> = {
  boolean: { form: "byte", cast: "BOOLEAN", accepts: ["bool"] },
  smallint: { form: "two_bytes", cast: "SMALLINT", accepts: whole },
  integer: { form: "four_bytes", cast: "INTEGER", accepts: whole },
  bigint: { form: "eight_bytes", cast: "BIGINT", accepts: whole },
  "double precision": { form: "eight_bytes", cast: "DOUBLE", accepts: [...whole, "float64"] },
  real: { form: "four_bytes", cast: "FLOAT", accepts: ["float64"] },
  numeric: { form: "numeric", cast: undefined, accepts: ["decimal"] },
  text: { form: "text", cast: "VARCHAR", accepts: ["text"] },
  varchar: { form: "text", cast: "VARCHAR", accepts: ["text"] },
  date: { form: "days", cast: "DATE", accepts: ["date"] },
  timestamp: { form: "microseconds", cast: undefined, accepts: ["timestamp"] },
  jsonb: { form: "json", cast: "JSON", accepts: ["list", "struct", "text"] },
}

/** Chooses by the table's type, `numeric(10, 2)`, and the asset's column; undefined if the one cannot hold the other. */
export function binaryColumn(
  column: Column,
  type: string,
  quoted: string,
): BinaryColumn | undefined {
  const rule = rules[bareType(type)]
  if (rule === undefined || !rule.accepts.includes(column.kind)) return undefined
  return { form: rule.form, expression: expressionOf(rule, column, quoted) }
}

function expressionOf({ form, cast }: TypeRule, column: Column, quoted: string): string {
  const value = `CAST(${quoted} AS ${column.type})`
  if (form === "json" && column.kind !== "text") return `CAST(to_json(${value}) AS VARCHAR)`
  return cast === undefined || form === "json" ? value : `CAST(${value} AS ${cast})`
}

/** `timestamp (3) with time zone` → `timestamp`, `varchar(20)` → `varchar`. */
function bareType(type: string): string {
  return type.replace(/ *\(.*$/, "").replace(/ with(out)? time zone$/, "")
}
