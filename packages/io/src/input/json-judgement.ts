import { quoteName, renderSql, type SourceAsset } from "@freshet/core"

import { textLiteral } from "../duckdb/literal.ts"
import { jsonValue } from "./json-value.ts"
import { type Dialect, exactJudgement, kindTests, rawColumn } from "./judgement.ts"
import { type SourceColumn, sourceColumns } from "./line-kinds.ts"

/** Name of the column that says whether a line was taken as it is. */
export const takenColumn = '" taken"'

const dialect: Dialect = { writeKind: (kind) => JSON.stringify(kind), value: jsonValue }

/**
 * Rows of a file with a column that says whether each was surely good, in one parallel scan: one row
 * for every line, in their order. What is not surely good is judged exactly, see `exactJsonJudgement`.
 */
export function quickRows(source: SourceAsset, path: string, day: string, longest: number): string {
  const columns = sourceColumns(source)
  const names = columns.map(({ name }) => name)
  const reader = `read_json(${textLiteral(path)}, format = 'newline_delimited', compression = 'none',
    ignore_errors = true, maximum_object_size = ${Math.max(16_777_216, longest + 1024)},
    columns = {${names.map((name) => `${textLiteral(name)}: 'JSON'`).join(", ")}})`
  const raws = names.map((name) => `${quoteName(name)}::VARCHAR AS ${rawColumn(name)}`).join(", ")
  return `
    SELECT ${names.map(quoteName).join(", ")}, coalesce(${quickTest(source, columns, day)}, false) AS ${takenColumn}
    FROM (SELECT *, ${quickValues(source, columns)} FROM (SELECT ${raws} FROM ${reader}))`
}

function quickValues(source: SourceAsset, columns: readonly SourceColumn[]): string {
  const { of } = kindTests(source, dialect)
  const values = columns.map(({ name, column, kinds }) => {
    if (source.lineKinds?.column === name) return `${kindText(source, name)} AS ${quoteName(name)}`
    const { fast } = jsonValue(column, rawColumn(name))
    const value = kinds === undefined ? fast : `CASE WHEN ${of(kinds)} THEN ${fast} END`
    return `${value} AS ${quoteName(name)}`
  })
  return values.join(", ")
}

/** The kinds are few: no need to take the text apart. */
function kindText(source: SourceAsset, name: string): string {
  const cases = Object.keys(source.lineKinds?.kinds ?? {}).map(
    (kind) => `WHEN ${textLiteral(JSON.stringify(kind))} THEN ${textLiteral(kind)}`,
  )
  return `CASE ${rawColumn(name)} ${cases.join(" ")} END`
}

function quickTest(source: SourceAsset, columns: readonly SourceColumn[], day: string): string {
  const { known, of } = kindTests(source, dialect)
  const rest = columns.filter(({ name }) => name !== source.lineKinds?.column)
  const fits = rest.map(({ name, column, kinds, required }) => {
    const here = `${quoteName(name)} IS NOT NULL AND ${jsonValue(column, rawColumn(name)).fastOk}`
    if (required === undefined) return `(${here})`
    const absent =
      required.length === 0
        ? `${rawColumn(name)} IS NULL`
        : `NOT ${of(required)} AND ${rawColumn(name)} IS NULL`
    const elsewhere = kinds === undefined ? "" : ` OR NOT ${of(kinds)}`
    return `(${absent}${elsewhere} OR (${here}))`
  })
  const something = `(${columns.map(({ name }) => `${rawColumn(name)} IS NOT NULL`).join(" OR ")})`
  const rules = source.reject.map(({ when }) => `NOT coalesce((${renderSql(when, day)}), false)`)
  return [known, something, ...fits, ...rules].join(" AND ")
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
