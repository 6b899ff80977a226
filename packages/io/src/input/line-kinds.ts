import type { Column, SourceAsset } from "@freshet/core"
import type { LineKinds } from "@freshet/core/engine"

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
