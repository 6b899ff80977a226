import type { Column, SourceAsset } from "@freshet/core"
import { quoteName, unreachable } from "@freshet/core/engine"

import { quoteText } from "../duckdb/sql-text.ts"
import type { CsvLayout } from "./csv-header.ts"
import { getCsvSyntax } from "./csv-syntax.ts"

/** A way to read the columns of a source with the engine. */
export interface EngineColumns {
  /** Builds the query over a file; its rows are the lines after the header. */
  readonly buildQuery: (path: string) => string
  /** SQL tests over the query's rows for lines that the strict parser must read. */
  readonly strictTests: readonly string[]
}

/** Builds the reading of values in the types of their columns, for files without quotes. */
export function buildTypedColumns(source: SourceAsset, layout: CsvLayout): EngineColumns {
  const types = Array.from({ length: layout.width }, () => "VARCHAR")
  for (const [column, at] of layout.positions) types[at] = source.columns[column]?.type ?? "VARCHAR"
  const { nullText = "" } = getCsvSyntax(source)
  const values = Object.entries(source.columns).map(([name, column]) => {
    const value = quoteName(String(layout.positions.get(name)))
    const isRequiredText = column.kind === "text" && !column.nullable
    return `${isRequiredText ? `coalesce(${value}, '')` : value} AS ${quoteName(name)}`
  })
  const options = `nullstr = ['', ${quoteText(nullText)}]`
  return {
    buildQuery: (path) =>
      `SELECT ${values.join(", ")} FROM ${buildReader(path, source, types, options)}`,
    strictTests: [],
  }
}

/** Builds the reading of values as texts, which are cast; undefined for columns that only the strict parser reads. */
export function buildTextColumns(
  source: SourceAsset,
  { width, positions }: CsvLayout,
): EngineColumns | undefined {
  const columns = Object.entries(source.columns)
  const isNested = columns.some(([, { kind }]) => kind === "list" || kind === "struct")
  if (width < 2 || isNested || source.lineKinds !== undefined) return undefined
  const types = Array.from({ length: width }, () => "VARCHAR")
  const raws = columns.map(([name, column]) => {
    const raw = buildRawValue(source, column, quoteName(String(positions.get(name))))
    return `${raw} AS ${quoteRaw(name)}`
  })
  const values = columns.map(
    ([name, { type }]) => `TRY_CAST(${quoteRaw(name)} AS ${type}) AS ${quoteName(name)}`,
  )
  const tests = columns.map(([name, column]) => buildPlainTest(name, column))
  const options = "nullstr = '', allow_quoted_nulls = false"
  return {
    buildQuery: (path) =>
      `SELECT ${columns.map(([name]) => quoteName(name)).join(", ")}, ${tests.join(" AND ")} AS " plain"
       FROM (SELECT *, ${values.join(", ")}
         FROM (SELECT ${raws.join(", ")} FROM ${buildReader(path, source, types, options)}))`,
    strictTests: ['" plain" IS NOT TRUE'],
  }
}

const quoteRaw = (name: string) => quoteName(` raw ${name}`)

function buildReader(
  path: string,
  source: SourceAsset,
  types: readonly string[],
  options: string,
): string {
  const { delimiter, quote, headerRecords } = getCsvSyntax(source)
  const columns = types.map((type, at) => `'${at}': ${quoteText(type)}`)
  return `read_csv(${quoteText(path)}, auto_detect = false, header = false, skip = ${headerRecords},
    delim = ${quoteText(delimiter)}, quote = ${quoteText(quote)}, escape = ${quoteText(quote)}, ${options},
    strict_mode = true, compression = 'uncompressed', columns = {${columns.join(", ")}})`
}

/** Builds the raw value of a column: null for an empty value that is no text, and for the null text. */
function buildRawValue(source: SourceAsset, column: Column, value: string): string {
  const { nullText } = getCsvSyntax(source)
  const isRequiredText = column.kind === "text" && !column.nullable
  const emptyText = isRequiredText ? `coalesce(${value}, '')` : value
  const raw = column.kind === "text" ? emptyText : `nullif(${value}, '')`
  return nullText === undefined ? raw : `nullif(${raw}, ${quoteText(nullText)})`
}

/** Builds the test that a value is null where it may be, or in a notation that the engine casts as the strict parser does. */
function buildPlainTest(name: string, column: Column): string {
  const [raw, value] = [quoteRaw(name), quoteName(name)]
  const notation = buildNotationTest(column, raw, value)
  return column.nullable
    ? `(${raw} IS NULL OR (${value} IS NOT NULL AND ${notation}))`
    : `(${value} IS NOT NULL AND ${notation})`
}

function buildNotationTest(column: Column, raw: string, value: string): string {
  const matches = (pattern: string) => `regexp_full_match(${raw}, '${pattern}')`
  switch (column.kind) {
    case "int16":
    case "int32":
    case "int64":
      return matches(String.raw`-?\d{1,18}`)
    case "text":
      return "true"
    case "bool":
      return `${raw} IN ('true', 'false')`
    case "float64":
      return `${matches(String.raw`-?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,3})?`)} AND isfinite(${value})
        AND (${value} <> 0 OR ${matches(String.raw`-?0(\.0+)?`)})`
    case "decimal": {
      const [width = 0, scale = 0] = (column.type.match(/\d+/g) ?? []).map(Number)
      const fraction = scale === 0 ? "" : String.raw`(\.\d{1,${scale}})?`
      const whole = width === scale ? "0" : String.raw`\d{1,${width - scale}}`
      return matches(`-?${whole}${fraction}`)
    }
    case "date":
      return `${matches(String.raw`\d{4}-\d\d-\d\d`)} AND NOT starts_with(${raw}, '0000')`
    case "timestamp":
      return `${matches(String.raw`\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z`)}
        AND NOT starts_with(${raw}, '0000')`
    case "list":
    case "struct":
      return "false"
    default:
      return unreachable(column.kind)
  }
}
