import type { Column, LineKinds, SourceAsset } from "@freshet/core"

import { textLiteral } from "../duckdb/literal.ts"

/** What one column of a source means for lines of each kind; `undefined` stands for every line. */
export interface SourceColumn {
  readonly name: string
  readonly column: Column
  /** Kinds whose lines have the column, and those that must have it. */
  readonly kinds: readonly string[] | undefined
  readonly required: readonly string[] | undefined
}

/** The columns of a source with the kinds of line that each belongs to. */
export function sourceColumns(source: SourceAsset): readonly SourceColumn[] {
  return Object.entries(source.columns).map(([name, column]) => {
    const kinds = kindsWith(source.lineKinds, name, [name, `${name}?`])
    if (kinds !== undefined)
      return { name, column, kinds, required: kindsWith(source.lineKinds, name, [name]) ?? [] }
    return { name, column, kinds, required: column.nullable ? [] : undefined }
  })
}

function kindsWith(
  lineKinds: LineKinds | undefined,
  name: string,
  entries: readonly string[],
): readonly string[] | undefined {
  const all = Object.entries(lineKinds?.kinds ?? {})
  const listed = all.some(([, names]) => names.includes(name) || names.includes(`${name}?`))
  if (!listed || lineKinds?.column === name) return undefined
  return all.filter(([, names]) => names.some((each) => entries.includes(each))).map(([k]) => k)
}

/** Whether a line is of one of these kinds, as SQL; `kind` is the expression that holds the line's, `write` how it is written there. */
export function isOfKind(
  kinds: readonly string[] | undefined,
  kind: string,
  write: (kind: string) => string,
): string {
  if (kinds === undefined) return "true"
  if (kinds.length === 0) return "false"
  return `${kind} IN (${kinds.map((each) => textLiteral(write(each))).join(", ")})`
}
