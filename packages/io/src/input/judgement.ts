import { quoteName, renderSql, type SourceAsset, type PartitionText } from "@freshet/core"

import { textLiteral } from "../duckdb/literal.ts"
import { isOfKind, type SourceColumn, sourceColumns } from "./line-kinds.ts"

/** How a format writes values. */
export interface Dialect {
  /** A kind of line as it stands in the column that says it. */
  readonly writeKind: (kind: string) => string
  /** The value of a column, wide enough for any that is written, and whether it is written as its type demands. */
  readonly value: (
    column: SourceColumn["column"],
    raw: string,
  ) => { readonly wide: string; readonly typeOk: string }
}

/** The column that holds a value as it is written, null where there is none. */
export function rawColumn(name: string): string {
  return quoteName(` raw ${name}`)
}

/** Tests of a line's kind, as SQL. */
function kindTests(source: SourceAsset, { writeKind }: Dialect) {
  const kind = source.lineKinds === undefined ? "" : rawColumn(source.lineKinds.column)
  return {
    known: isOfKind(source.lineKinds && Object.keys(source.lineKinds.kinds), kind, writeKind),
    of: (kinds: readonly string[] | undefined) => isOfKind(kinds, kind, writeKind),
  }
}

/**
 * The truth about lines: rows with `ordinal`, the columns, and `reason`, null for a line that is good.
 * `raws` is a query with " ordinal" and every raw column; `unreadable` its rows that cannot be read at all.
 */
export function exactJudgement(
  source: SourceAsset,
  dialect: Dialect,
  raws: string,
  options: {
    readonly partition: PartitionText
    readonly unreadable: readonly [test: string, reason: string][]
  },
): string {
  const columns = sourceColumns(source)
  const { of } = kindTests(source, dialect)
  const typed = columns.map(({ name, column, kinds }) => {
    const { typeOk } = dialect.value(column, rawColumn(name))
    return `${all([of(kinds), typeOk])} AS ${typedColumn(name)}`
  })
  const values = columns.map(({ name, column }) => {
    const { wide } = dialect.value(column, rawColumn(name))
    return `CASE WHEN ${typedColumn(name)} THEN ${wide} END AS ${quoteName(name)}`
  })
  const rows = columns.map(({ name, column }) =>
    isInteger(column)
      ? `TRY_CAST(${quoteName(name)} AS ${column.type}) AS ${quoteName(name)}`
      : quoteName(name),
  )
  const reasons = [
    ...options.unreadable.map(([test, reason]) => when(test, reason)),
    ...faults(source, dialect, options.partition),
  ]
  return `
    SELECT " ordinal" AS ordinal, ${rows.join(", ")}, " reason" AS reason FROM (
      SELECT *, CASE ${reasons.join(" ")} END AS " reason" FROM (
        SELECT *, ${values.join(", ")} FROM (
          SELECT *, ${typed.join(", ")} FROM (${raws}))))`
}

const typedColumn = (name: string) => quoteName(` typed ${name}`)

function isInteger({ kind }: SourceColumn["column"]): boolean {
  return kind === "int16" || kind === "int32" || kind === "int64"
}

function faults(
  source: SourceAsset,
  dialect: Dialect,
  partition: PartitionText,
): readonly string[] {
  const columns = sourceColumns(source)
  const { known, of } = kindTests(source, dialect)
  const missing = columns.flatMap(({ name, required }) =>
    required?.length === 0 ? [] : [all([of(required), `${rawColumn(name)} IS NULL`])],
  )
  const mistyped = columns.map(({ name, kinds }) =>
    all([of(kinds), `${rawColumn(name)} IS NOT NULL`, `${typedColumn(name)} IS NOT TRUE`]),
  )
  const texts = columns.filter(({ column }) => column.kind === "text")
  return [
    ...(source.lineKinds === undefined
      ? []
      : [when(`NOT coalesce(${known}, false)`, source.lineKinds.reason)]),
    when(any(missing), "missing_field"),
    when(any(mistyped), "wrong_type"),
    ...source.reject.map((rule) => when(`(${renderSql(rule.when, partition)})`, rule.reason)),
    when(any(columns.flatMap(outOfRange)), "out_of_range"),
    when(any(texts.map(({ name }) => `contains(${quoteName(name)}, chr(0))`)), "nul_byte"),
  ]
}

function when(test: string, reason: string): string {
  return `WHEN coalesce(${test}, false) THEN ${textLiteral(reason)}`
}

function any(tests: readonly string[]): string {
  return tests.length === 0 ? "false" : tests.map((test) => `(${test})`).join(" OR ")
}

function all(tests: readonly string[]): string {
  return tests.filter((test) => test !== "true").join(" AND ") || "true"
}

/** A value that is written as its type demands, and that the type cannot hold. */
function outOfRange({ name, column }: SourceColumn): readonly string[] {
  const value = quoteName(name)
  if (column.kind === "float64") return [`NOT isfinite(${value})`]
  return isInteger(column)
    ? [`${value} IS NOT NULL AND TRY_CAST(${value} AS ${column.type}) IS NULL`]
    : []
}
