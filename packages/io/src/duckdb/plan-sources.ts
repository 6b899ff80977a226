/** The way in which a value comes from a column: unchanged, or by a computation. */
export type ValueKind = "copied" | "computed"

/** Column of a relation → the way in which a value comes from it. The key is `formatSource`'s text. */
export type ValueSources = ReadonlyMap<string, ValueKind>

/** The lineage of an operator's rows. */
export interface RowSources {
  readonly columns: readonly ValueSources[]
  /** The sources of a column that is not listed; undefined when all columns are listed. */
  readonly otherColumns: ValueSources | undefined
  /** The columns that decide which rows exist: filters, joins, groups, limits. */
  readonly rows: ReadonlySet<string>
}

const separator = "\u0000"

/** Formats a column of a relation as a key. */
export function formatSource(relation: string, column: string): string {
  return `${relation}${separator}${column}`
}

/** Splits the key of a column into relation and column. */
export function parseSource(source: string): {
  readonly relation: string
  readonly column: string
} {
  const [relation = "", column = ""] = source.split(separator)
  return { relation, column }
}

export const noSources: ValueSources = new Map()

/** Unites the sources of values; a source that is copied and computed is computed. */
export function uniteValues(values: readonly ValueSources[]): ValueSources {
  const united = new Map<string, ValueKind>()
  for (const value of values)
    for (const [source, kind] of value)
      if (kind === "computed" || !united.has(source)) united.set(source, kind)
  return united
}

/** Converts the sources of operands to those of a computation on them. */
export function toComputed(values: readonly ValueSources[]): ValueSources {
  return new Map(values.flatMap((value) => [...value.keys()].map((key) => [key, "computed"])))
}

/** Unites sets of columns. */
export function uniteRows(...sets: readonly Iterable<string>[]): ReadonlySet<string> {
  return new Set(sets.flatMap((set) => [...set]))
}

/** Returns the sources of the column at a position. */
export function getColumn({ columns, otherColumns }: RowSources, position: number): ValueSources {
  return columns[position] ?? otherColumns ?? noSources
}

/** Lists the sources of all columns. */
export function listSources({ columns, otherColumns }: RowSources): readonly string[] {
  return [...columns, otherColumns ?? noSources].flatMap((value) => [...value.keys()])
}

/** Places the columns of two inputs side by side. Behind columns that are not listed, positions are unknown: each may be any. */
export function concatColumns(leftRows: RowSources, rightRows: RowSources): RowSources {
  const rows = uniteRows(leftRows.rows, rightRows.rows)
  if (leftRows.otherColumns === undefined)
    return {
      columns: [...leftRows.columns, ...rightRows.columns],
      otherColumns: rightRows.otherColumns,
      rows,
    }
  const keys = [...listSources(leftRows), ...listSources(rightRows)]
  return { columns: [], otherColumns: new Map(keys.map((key) => [key, "computed"])), rows }
}

/** Selects columns by position; an empty list selects all. */
export function selectColumns(input: RowSources, positions: readonly number[] = []): RowSources {
  if (positions.length === 0) return input
  return { ...input, columns: positions.map((at) => getColumn(input, at)), otherColumns: undefined }
}

/** Unites inputs column by column. */
export function uniteColumns(leftRows: RowSources, rightRows: RowSources): RowSources {
  const width = Math.max(leftRows.columns.length, rightRows.columns.length)
  const otherValues = [leftRows.otherColumns, rightRows.otherColumns].flatMap(
    (value) => value ?? [],
  )
  return {
    columns: Array.from({ length: width }, (_, at) =>
      uniteValues([getColumn(leftRows, at), getColumn(rightRows, at)]),
    ),
    otherColumns: otherValues.length === 0 ? undefined : uniteValues(otherValues),
    rows: uniteRows(leftRows.rows, rightRows.rows),
  }
}
