import type { Column, SourceAsset } from "@freshet/core"
import type { LineKinds } from "@freshet/core/engine"

import { quoteText } from "../duckdb/sql-text.ts"

/** The role of one column of a source for lines of each kind; `undefined` stands for every line. */
export interface SourceColumn {
  readonly name: string
  readonly column: Column
  /** The kinds whose lines may have the column, and the kinds whose lines must have it. */
  readonly kinds: readonly string[] | undefined
  readonly required: readonly string[] | undefined
}

/** Lists the columns of a source with their kinds of line. */
export function listSourceColumns(source: SourceAsset): readonly SourceColumn[] {
  return Object.entries(source.columns).map(([name, column]) => {
    const kinds = listKindsWith(source.lineKinds, name, [name, `${name}?`])
    if (kinds !== undefined)
      return { name, column, kinds, required: listKindsWith(source.lineKinds, name, [name]) ?? [] }
    return { name, column, kinds, required: column.nullable ? [] : undefined }
  })
}

function listKindsWith(
  lineKinds: LineKinds | undefined,
  name: string,
  entries: readonly string[],
): readonly string[] | undefined {
  const kinds = Object.entries(lineKinds?.kinds ?? {})
  const isListed = kinds.some(([, names]) => names.includes(name) || names.includes(`${name}?`))
  if (!isListed || lineKinds?.column === name) return undefined
  return kinds
    .filter(([, names]) => names.some((columnName) => entries.includes(columnName)))
    .map(([k]) => k)
}

/**
 * Builds SQL that tests if a line is of one of these kinds. `kind` is the expression of the line's kind,
 * `write` formats a kind in it.
 */
export function buildKindTest(
  kinds: readonly string[] | undefined,
  kind: string,
  write: (kind: string) => string,
): string {
  if (kinds === undefined) return "true"
  if (kinds.length === 0) return "false"
  return `${kind} IN (${kinds.map((lineKind) => quoteText(write(lineKind))).join(", ")})`
}
