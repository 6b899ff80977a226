import type { SourceAsset } from "@freshet/core"
import { type PartitionText, quoteName, renderSql } from "@freshet/core/engine"

import { quoteText } from "../duckdb/sql-text.ts"
import { buildKindTest, type SourceColumn, listSourceColumns } from "./line-kinds.ts"

/** The notation of values in a format. */
export interface Dialect {
  /** Formats a kind of line as in the column of kinds. */
  readonly writeKind: (kind: string) => string
  /** Builds SQL for the value of a column in a wide type, and for the test of its notation. */
  readonly value: (
    column: SourceColumn["column"],
    raw: string,
  ) => { readonly wide: string; readonly typeOk: string }
}

/** Quotes the name of the column with a raw value, which is null if the line has no such value. */
export function quoteRawColumn(name: string): string {
  return quoteName(` raw ${name}`)
}

/** Builds SQL that tests a line's kind. */
function buildKindTests(source: SourceAsset, { writeKind }: Dialect) {
  const kind = source.lineKinds === undefined ? "" : quoteRawColumn(source.lineKinds.column)
  return {
    isDeclaredKind: buildKindTest(
      source.lineKinds && Object.keys(source.lineKinds.kinds),
      kind,
      writeKind,
    ),
    testKinds: (kinds: readonly string[] | undefined) => buildKindTest(kinds, kind, writeKind),
  }
}

/**
 * Builds the query of the strict parser: rows with `ordinal`, the columns, and `reason`, which is null for valid lines.
 * `raws` is a query with " ordinal" and every raw column; `unreadable` tests for its unreadable rows.
 */
export function buildStrictQuery(
  source: SourceAsset,
  dialect: Dialect,
  rawQuery: string,
  options: {
    readonly partition: PartitionText
    readonly unreadable: readonly [test: string, reason: string][]
  },
): string {
  const columns = listSourceColumns(source)
  const { testKinds } = buildKindTests(source, dialect)
  const typeTests = columns.map(({ name, column, kinds }) => {
    const { typeOk } = dialect.value(column, quoteRawColumn(name))
    return `${joinWithAnd([testKinds(kinds), typeOk])} AS ${quoteTypedColumn(name)}`
  })
  const values = columns.map(({ name, column }) => {
    const { wide } = dialect.value(column, quoteRawColumn(name))
    return `CASE WHEN ${quoteTypedColumn(name)} THEN ${wide} END AS ${quoteName(name)}`
  })
  const rows = columns.map(({ name, column }) =>
    isInteger(column)
      ? `TRY_CAST(${quoteName(name)} AS ${column.type}) AS ${quoteName(name)}`
      : quoteName(name),
  )
  const reasons = [
    ...options.unreadable.map(([test, reason]) => buildCase(test, reason)),
    ...buildFaultCases(source, dialect, options.partition),
  ]
  return `
    SELECT " ordinal" AS ordinal, ${rows.join(", ")}, " reason" AS reason FROM (
      SELECT *, CASE ${reasons.join(" ")} END AS " reason" FROM (
        SELECT *, ${values.join(", ")} FROM (
          SELECT *, ${typeTests.join(", ")} FROM (${rawQuery}))))`
}

const quoteTypedColumn = (name: string) => quoteName(` typed ${name}`)

function isInteger({ kind }: SourceColumn["column"]): boolean {
  return kind === "int16" || kind === "int32" || kind === "int64"
}

function buildFaultCases(
  source: SourceAsset,
  dialect: Dialect,
  partition: PartitionText,
): readonly string[] {
  const columns = listSourceColumns(source)
  const { isDeclaredKind, testKinds } = buildKindTests(source, dialect)
  const missingTests = columns.flatMap(({ name, required }) =>
    required?.length === 0
      ? []
      : [joinWithAnd([testKinds(required), `${quoteRawColumn(name)} IS NULL`])],
  )
  const typeFaultTests = columns.map(({ name, kinds }) =>
    joinWithAnd([
      testKinds(kinds),
      `${quoteRawColumn(name)} IS NOT NULL`,
      `${quoteTypedColumn(name)} IS NOT TRUE`,
    ]),
  )
  const texts = columns.filter(({ column }) => column.kind === "text")
  return [
    ...(source.lineKinds === undefined
      ? []
      : [buildCase(`NOT coalesce(${isDeclaredKind}, false)`, source.lineKinds.reason)]),
    buildCase(joinWithOr(missingTests), "missing_field"),
    buildCase(joinWithOr(typeFaultTests), "wrong_type"),
    ...source.reject.map((rule) => buildCase(`(${renderSql(rule.when, partition)})`, rule.reason)),
    buildCase(joinWithOr(columns.flatMap(buildRangeTests)), "out_of_range"),
    buildCase(
      joinWithOr(texts.map(({ name }) => `contains(${quoteName(name)}, chr(0))`)),
      "nul_byte",
    ),
  ]
}

function buildCase(test: string, reason: string): string {
  return `WHEN coalesce(${test}, false) THEN ${quoteText(reason)}`
}

function joinWithOr(tests: readonly string[]): string {
  return tests.length === 0 ? "false" : tests.map((test) => `(${test})`).join(" OR ")
}

function joinWithAnd(tests: readonly string[]): string {
  return tests.filter((test) => test !== "true").join(" AND ") || "true"
}

/** Builds SQL that tests for a value in its type's notation that the type cannot hold. */
function buildRangeTests({ name, column }: SourceColumn): readonly string[] {
  const value = quoteName(name)
  if (column.kind === "float64") return [`NOT isfinite(${value})`]
  return isInteger(column)
    ? [`${value} IS NOT NULL AND TRY_CAST(${value} AS ${column.type}) IS NULL`]
    : []
}
