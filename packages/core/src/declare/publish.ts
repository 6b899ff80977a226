import type { Columns, RowOf } from "./column.ts"

/** A table with the type of an inserted row, as a Drizzle table has. */
export interface PublishedTable {
  readonly $inferInsert: Record<string, unknown>
}

/**
 * The partitions that a published table contains: the newest one that passed its checks, all of them, or the last ones.
 * A table of several partitions has a column with the partition, and a publication replaces the rows of the partitions
 * that changed.
 */
export type Keep =
  | { readonly kind: "latest" }
  | { readonly kind: "partitions" }
  | { readonly kind: "last"; readonly count: number }

/** The publication of an asset: its table, the partitions in it, and the set of tables that change together in one transaction. `K` is the column with the partition. */
export interface Publish<T extends PublishedTable = PublishedTable, K extends string = string> {
  readonly kind: "publish"
  readonly table: T
  readonly set: string
  readonly keep: Keep
  /** The column of the table with the partition: its key as text, its first day as a date, or its start as a timestamp. */
  readonly partitionColumn: K | undefined
  /** The environment whose schemas have the table; the default one unless given. */
  readonly environment?: string | undefined
}

/** Options of a publication: its set, the partitions in the table, and the column with the partition if there may be several. */
export type PublishOptions<T extends PublishedTable, K extends string> =
  | { readonly set: string; readonly keep?: "latest" }
  | {
      readonly set: string
      readonly keep: "partitions" | { readonly last: number }
      readonly partitionColumn: K & keyof T["$inferInsert"]
    }

/**
 * Publishes to `table`, in one transaction with the other tables of `set`. `keep` says which partitions the table
 * contains: `"latest"` (default), `"partitions"` for all, or `{ last: 30 }`. Throws a RangeError if the number of
 * partitions is not a positive integer.
 */
export function publishTo<T extends PublishedTable, const K extends string = never>(
  table: T,
  options: PublishOptions<T, K>,
): Publish<T, K> {
  const { set, keep = "latest" } = options
  const partitionColumn = "partitionColumn" in options ? options.partitionColumn : undefined
  if (typeof keep === "string")
    return { kind: "publish", table, set, keep: { kind: keep }, partitionColumn }
  const { last: count } = keep
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`a table cannot keep the last ${count} partitions`)
  return { kind: "publish", table, set, keep: { kind: "last", count }, partitionColumn }
}

/** A sentence that the compiler prints where a declaration breaks a rule. */
export interface CompilerMessage<Sentence extends string> {
  readonly "⛔": Sentence
}

/**
 * Requires of each column that the table has it and accepts its values, and that no column is missing that the table
 * requires; `K` is a column that the publication fills. The compiler prints the sentence at the column that misfits.
 */
export type ColumnsFitTable<
  C extends Columns,
  T extends PublishedTable,
  K extends string = never,
> = string extends keyof T["$inferInsert"]
  ? unknown
  : {
      readonly [N in keyof C]: ColumnFitsTable<RowOf<C>[N], T["$inferInsert"], N & string>
    } & {
      readonly [
        N in Exclude<RequiredKeys<T["$inferInsert"]>, keyof C | K>
      ]: "the published table requires this column"
    }

type ColumnFitsTable<V, Row, N extends string> = N extends keyof Row
  ? [V] extends [Row[N]]
    ? unknown
    : `${N} is ${ValueName<V>} in the asset and ${ValueName<Row[N]>} in the published table`
  : `${N} is not in the published table`

type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T]

/** The name of a type of values in sentences of the compiler. */
export type ValueName<V> = null extends V
  ? `${PlainValueName<Exclude<V, null | undefined>>} or null`
  : PlainValueName<Exclude<V, undefined>>

type PlainValueName<V> = [V] extends [string]
  ? "text"
  : [V] extends [bigint]
    ? "bigint"
    : [V] extends [number]
      ? "number"
      : [V] extends [boolean]
        ? "boolean"
        : [V] extends [Date]
          ? "Date"
          : [V] extends [readonly unknown[]]
            ? "a list"
            : "of another type"
