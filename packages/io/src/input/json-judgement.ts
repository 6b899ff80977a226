import { quoteName, renderSql, type SourceAsset } from "@freshet/core"

import { textLiteral } from "../duckdb/literal.ts"
import { jsonValue } from "./json-value.ts"
import { type Dialect, exactJudgement, rawColumn } from "./judgement.ts"
import { type SourceColumn, sourceColumns } from "./line-kinds.ts"

/** Name of the column that says whether a line was taken as it is. */
export const takenColumn = '" taken"'

const dialect: Dialect = { writeKind: (kind) => JSON.stringify(kind), value: jsonValue }

const kindNumber = '" kind"'

/**
 * Rows of a file with a column that says whether each was surely good, in one parallel scan: one row
 * for every line, in their order. What is not surely good is judged exactly, see `exactJsonJudgement`.
 */
export function quickRows(source: SourceAsset, path: string, day: string, longest: number): string {
  const columns = sourceColumns(source)
  const names = columns.map(({ name }) => name)
  const reader = `read_json(${textLiteral(path)}, format = 'newline_delimited',
    compression = 'uncompressed', ignore_errors = true,
    maximum_object_size = ${Math.max(16_777_216, longest + 1024)},
    columns = {${names.map((name) => `${textLiteral(name)}: 'JSON'`).join(", ")}})`
  const raws = names.map((name) => `${quoteName(name)}::VARCHAR AS ${rawColumn(name)}`).join(", ")
  const numbered = `SELECT *, ${numberOfKind(source)} AS ${kindNumber} FROM (SELECT ${raws} FROM ${reader})`
  const taken = `coalesce(${quickTest(source, columns, day)}, false) AS ${takenColumn}`
  return `
    SELECT ${names.map(quoteName).join(", ")}, ${taken}
    FROM (SELECT *, ${quickValues(source, columns)} FROM (${numbered}))`
}

function kindsOf({ lineKinds }: SourceAsset): readonly string[] {
  return Object.keys(lineKinds?.kinds ?? {})
}

/** The kinds are few: as numbers they are compared faster. */
function numberOfKind(source: SourceAsset): string {
  if (source.lineKinds === undefined) return "0"
  const cases = kindsOf(source).map(
    (kind, at) => `WHEN ${textLiteral(JSON.stringify(kind))} THEN ${at}`,
  )
  return `CASE ${rawColumn(source.lineKinds.column)} ${cases.join(" ")} END`
}

function quickValues(source: SourceAsset, columns: readonly SourceColumn[]): string {
  const all = kindsOf(source)
  const values = columns.map(({ name, column, kinds }) => {
    if (source.lineKinds?.column === name) {
      const cases = all.map((kind, at) => `WHEN ${at} THEN ${textLiteral(kind)}`)
      return `CASE ${kindNumber} ${cases.join(" ")} END AS ${quoteName(name)}`
    }
    const { quick } = jsonValue(column, rawColumn(name))
    const numbers = kinds?.map((kind) => all.indexOf(kind)).join(", ")
    const mixed = kinds !== undefined && kinds.length < all.length
    const value = mixed ? `CASE WHEN ${kindNumber} IN (${numbers}) THEN ${quick} END` : quick
    return `${value} AS ${quoteName(name)}`
  })
  return values.join(", ")
}

/** Each kind's own columns are looked at in its lines only; columns of every kind in all lines. */
function quickTest(source: SourceAsset, columns: readonly SourceColumn[], day: string): string {
  const rest = columns.filter(({ name }) => name !== source.lineKinds?.column)
  const common = rest.filter(({ kinds }) => kinds === undefined)
  const cases = kindsOf(source).map((kind, at) => {
    const own = rest.filter(({ kinds }) => kinds?.includes(kind))
    return `WHEN ${at} THEN ${all(own.map((each) => fits(each, kind)))}`
  })
  const byKind =
    cases.length === 0 ? "true" : `CASE ${kindNumber} ${cases.join(" ")} ELSE false END`
  const something = columns.map(({ name }) => `${rawColumn(name)} IS NOT NULL`).join(" OR ")
  const rules = source.reject.map(({ when }) => `NOT coalesce((${renderSql(when, day)}), false)`)
  const object = source.lineKinds === undefined ? [`(${something})`] : []
  return all([byKind, ...object, ...common.map((each) => fits(each, undefined)), ...rules])
}

function all(tests: readonly string[]): string {
  return tests.length === 0 ? "true" : tests.join(" AND ")
}

function fits({ name, column, required }: SourceColumn, kind: string | undefined): string {
  const raw = rawColumn(name)
  const { quickOk } = jsonValue(column, raw)
  const test = quickOk(quoteName(name))
  const must = required === undefined || (kind !== undefined && required.includes(kind))
  return must ? `(${test})` : `(${raw} IS NULL OR (${test}))`
}

/** The truth about the lines of `table(ordinal, text)`, see `exactJudgement`. */
export function exactJsonJudgement(source: SourceAsset, table: string, day: string): string {
  const raws = Object.keys(source.columns).map((name) => {
    const value = `json_extract(" json", ${textLiteral(pointer(name))})`
    return `nullif(${value}::VARCHAR, 'null') AS ${rawColumn(name)}`
  })
  const lines = `
    SELECT *, ${raws.join(", ")} FROM (
      SELECT ordinal AS " ordinal",
        CASE WHEN json_valid(text) THEN CASE WHEN json_type(text) = 'OBJECT' THEN text::JSON END END AS " json"
      FROM ${table})`
  const unreadable: [string, string][] = [[`" json" IS NULL`, "malformed_json"]]
  return exactJudgement(source, dialect, lines, { day, unreadable })
}

function pointer(name: string): string {
  return `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`
}
