import type { Columns } from "./column.ts"
import type { Partitions } from "./partition.ts"
import type { Sql } from "./sql.ts"

/** How the files of a source are written. */
export type SourceFormat =
  /** One JSON object a line; columns are taken by name, a missing or null value is null. A line that says a name twice is malformed. */
  | { readonly kind: "json_lines" }
  /** A header line, then one record a row, quoted as in RFC 4180; columns are taken by name, an empty value is null where the column may be null. */
  | CsvFormat

/** How CSV files depart from the plain form. */
export interface CsvFormat {
  readonly kind: "csv"
  /** What the header calls a column, where that is not the column's own name: `{ user_id: "userId" }`. */
  readonly header?: Readonly<Record<string, string>>
  /** What a record means that ends before the header does: `quarantine` it (the default), or take the values it lacks for empty ones. */
  readonly shortRecords?: "quarantine" | "empty"
}

/**
 * Lines of several kinds in one file. The text in `column` says which kind a line is of; a line of no
 * known kind is quarantined with `reason`. `kinds` lists the columns that the lines of each kind have:
 * `"room_id"` must be there, `"mention_ids?"` may be. A column that is listed for some kinds is null in
 * lines of the others, whatever stands there; one that is listed for none belongs to all.
 */
export interface LineKinds<C extends string = string> {
  readonly column: C
  readonly reason: string
  readonly kinds: Readonly<Record<string, readonly (C | `${C}?`)[]>>
}

/**
 * A reason to quarantine a line that could be read: `when` is a condition over the source's columns.
 * A line with several faults has the first of: `nul_byte`, `invalid_utf8`, `malformed_json` (or
 * `malformed_csv`), the kind's own reason, `missing_field`, `wrong_type`, these rules in order,
 * `out_of_range`, the duplicate rule. So a rule sees whole numbers as they stand in the file, of
 * whatever size, and may name their range itself.
 */
export interface RejectRule {
  readonly reason: string
  readonly when: Sql
}

/** A line is a duplicate when an earlier line of the same partition has the same `columns`, none of them null; only lines where `when` holds are compared. */
export interface DuplicateRule {
  readonly reason: string
  readonly columns: readonly string[]
  readonly when: Sql
}

/** Files that somebody else lands, one or more for each partition. */
export interface SourceAsset<
  N extends string = string,
  C extends Columns = Columns,
  P extends Partitions = Partitions,
> {
  readonly kind: "source"
  readonly name: N
  readonly group: string
  readonly description: string
  readonly owners: readonly string[]
  readonly tags: readonly string[]
  readonly partitions: P
  readonly columns: C
  readonly format: SourceFormat
  /** Path in the landing zone with `{partition}` for the key, without the compression's suffix: `x/{partition}.json` also means `x/{partition}.json.gz` and the files of a folder `x/{partition}.json/`. */
  readonly path: string
  /** What a day without a file, between days that have one, means: `empty` is a day without rows, `wait` keeps what reads it from running. The same goes for a source that is one file, so `empty` makes that optional. */
  readonly whenMissing: "empty" | "wait"
  readonly lineKinds: LineKinds | undefined
  readonly reject: readonly RejectRule[]
  readonly duplicate: DuplicateRule | undefined
  /** The share of lines (0 to 1) that may be quarantined before the step fails instead of warning. */
  readonly tolerance: number
  /** Names that it had before, the first one first. */
  readonly previousNames: readonly string[]
}

/** Declares files that somebody else lands: Freshet observes them and never writes there. */
export function sourceAsset<const N extends string, C extends Columns, P extends Partitions>(
  declared: Pick<SourceAsset<N, C, P>, "name" | "group" | "description" | "columns"> &
    Pick<SourceAsset<N, C, P>, "partitions" | "format" | "path"> &
    Partial<Omit<SourceAsset<N, C, P>, "lineKinds">> & {
      readonly lineKinds?: LineKinds<keyof C & string>
    },
): SourceAsset<N, C, P> {
  return {
    owners: [],
    tags: [],
    whenMissing: "wait",
    lineKinds: undefined,
    reject: [],
    duplicate: undefined,
    tolerance: 0.01,
    previousNames: [],
    ...declared,
    kind: "source",
  }
}
